//! `textDocument/codeAction`: what can be done about findings, and quick fixes of the language's problems.

use super::rename::workspace_edit;
use crate::daemon::Connect;
use crate::diagnostics::to_lsp;
use crate::findings::actions;
use crate::language::fixes::{Fix, fixes};
use crate::server::Server;
use tower_lsp::gen_lsp_types::{CodeAction, CodeActionKind, CodeActionParams, CodeActionResponse};
use tower_lsp::jsonrpc::Result;

impl<C: Connect> Server<C> {
    pub(crate) async fn on_code_action(
        &self,
        params: CodeActionParams,
    ) -> Result<Option<Vec<CodeActionResponse>>> {
        let mut all = actions(self.session(), &params).await;
        let quick = |kind: &CodeActionKind| {
            matches!(kind, CodeActionKind::QuickFix | CodeActionKind::Empty)
        };
        let only = params.context.only.as_ref();
        if only.is_none_or(|only| only.iter().any(quick)) {
            all.extend(self.quick_fixes(&params).await);
        }
        let all = all.into_iter().map(CodeActionResponse::CodeAction);
        Ok(Some(all.collect()))
    }

    async fn quick_fixes(&self, params: &CodeActionParams) -> Vec<CodeAction> {
        let session = self.session();
        let uri = &params.text_document.uri;
        let Some(reading) = session.reading(&uri.0).await else {
            return Vec::new();
        };
        let lines = session.lines(&reading);
        let range = lines.place(params.range.start)..lines.place(params.range.end);
        let action = |fix: Fix| CodeAction {
            title: fix.title,
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: Some(vec![to_lsp(fix.problem, &lines)]),
            is_preferred: fix.preferred.then_some(true),
            edit: Some(workspace_edit(uri, vec![fix.edit], &lines)),
            ..Default::default()
        };
        fixes(&reading, &range).into_iter().map(action).collect()
    }
}

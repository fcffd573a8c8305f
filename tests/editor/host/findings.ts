//! Findings: all that hold are diagnostics on their lines, and nothing else of ours is. What they offer changes files.

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Finding } from '../../../editor-client/src/generated/protocol.ts';
import { until } from '../support/wait.ts';
import { call, offshoot } from './daemon.ts';

function folder(): vscode.Uri {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  assert(first, 'no folder is open');
  return first.uri;
}

/** `path:line:column severity code message` of everything that Offshoot shows, in order. */
function shown(): string[] {
  return vscode.languages
    .getDiagnostics()
    .flatMap(([uri, all]) => all.map((one) => ({ uri, one })))
    .filter(({ one }) => one.source?.startsWith('offshoot'))
    .map(({ uri, one }) => {
      const { line, character } = one.range.start;
      const place = `${vscode.workspace.asRelativePath(uri)}:${line + 1}:${character + 1}`;
      const code = typeof one.code === 'object' ? one.code.value : one.code;
      return `${place} ${vscode.DiagnosticSeverity[one.severity].toLowerCase()} ${code ?? ''} ${one.message}`;
    })
    .toSorted();
}

function told({ path, line, column, severity, code, message }: Finding): string {
  const word = severity === 'info' ? 'information' : severity;
  return `${path ?? ''}:${line ?? 1}:${column ?? 1} ${word} ${code} ${message}`;
}

async function open(path: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder(), path));
  await vscode.window.showTextDocument(document);
  return document;
}

export const checks = {
  'each finding that holds is a diagnostic, and nothing else is': async () => {
    await offshoot(folder().fsPath, 'workflow', 'execute', '--workflow', 'workflows/quality.yaml');
    const { findings } = await call('finding.list', { repo: folder().fsPath });
    const expected = findings.map(({ finding }) => told(finding)).toSorted();
    assert(expected.length >= 2, 'the sample has findings');
    await until('the diagnostics', () => shown().length >= expected.length);
    assert.deepEqual(shown(), expected);
  },

  'a step that changed the file of a finding changes the open text, with one undo': async () => {
    await offshoot(folder().fsPath, 'workflow', 'execute', '--workflow', 'workflows/mend.yaml');
    const document = await open('shop/orders.py');
    const before = document.getText();
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '# typed and not saved\n');
    await vscode.workspace.applyEdit(edit);
    const finding = await until('the finding of mend, one line further down', () =>
      vscode.languages
        .getDiagnostics(document.uri)
        .find(({ code, range }) => code === 'mended' && range.start.line === 13),
    );
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      finding.range,
    );
    const apply = actions.find(({ title }) => title.startsWith('Apply what `mend` changed'));
    assert(apply?.command, actions.map(({ title }) => title).join('\n'));
    await vscode.commands.executeCommand(apply.command.command, ...((apply.command.arguments ?? []) as unknown[]));
    const mended = `# typed and not saved\n${before.replace('self.lines = []', 'self.lines = list()')}`;
    await until('the change', () => document.getText() === mended);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), `# typed and not saved\n${before}`);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  },
};

//! Merging two commits without a checkout, and making commits of trees.

use std::path::PathBuf;

use crate::bytes;
use crate::error::{Error, Result};
use crate::oid::Oid;
use crate::repo::{Identity, Repo};

/// What merging two commits gave.
#[derive(Debug)]
pub(crate) struct MergedTree {
    /// The merged tree; with conflict markers in the files that conflict.
    pub(crate) tree: Oid,
    /// Files in conflict, in git's order; empty for a clean merge.
    pub(crate) conflicts: Vec<PathBuf>,
}

impl Repo {
    /// Merges two commits with a common ancestor. Nothing but objects is written.
    pub(crate) fn merge_trees(&self, ours: &Oid, theirs: &Oid) -> Result<MergedTree> {
        self.merge_named(ours.as_str(), theirs.as_str())
    }

    /// The same merge for a person to resolve: the marks name the branches of steps, where there are any.
    pub(crate) fn merge_to_resolve(&self, ours: &Oid, theirs: &Oid) -> Result<MergedTree> {
        let [ours, theirs] = [ours, theirs].map(|side| self.step_branch_at(side));
        self.merge_named(&ours?, &theirs?)
    }

    /// A step's branch at this commit, if git would not take its name for something else; else the commit.
    fn step_branch_at(&self, commit: &Oid) -> Result<String> {
        let at = format!("--points-at={commit}");
        let args = ["--count=1", "--format=%(refname:short)", &at];
        let below = ["refs/heads/offshoot-step/", "refs/heads/offshoot-run-step/"];
        let found = self.git("for-each-ref").args(args).args(below).run()?;
        let name = bytes::lossy(bytes::line(&found));
        let same = !name.is_empty() && self.resolve_with_git(&name)?.as_ref() == Some(commit);
        Ok(if same { name } else { commit.to_string() })
    }

    fn merge_named(&self, ours: &str, theirs: &str) -> Result<MergedTree> {
        let call = self
            .git("merge-tree")
            .args(["--write-tree", "-z", ours, theirs]);
        let output = call.output()?;
        match output.code {
            // 1 is "merged, with conflicts"; errors that git dies of have 128.
            Some(0) => parse(&output.stdout),
            Some(1) => {
                let merged = parse(&output.stdout)?;
                // A conflict without a file to show for it must not pass for a clean merge.
                if merged.conflicts.is_empty() {
                    Err(Error::odd_answer("merge-tree", &output.stdout))
                } else {
                    Ok(merged)
                }
            }
            _ => Err(call.failed(&output)),
        }
    }

    /// A commit that no ref points at yet.
    pub(crate) fn commit_tree(
        &self,
        tree: &Oid,
        parents: &[&Oid],
        message: &str,
        who: &Identity,
    ) -> Result<Oid> {
        let parents = parents.iter().flat_map(|p| ["-p", p.as_str()]);
        let call = self
            .git_as(who, "commit-tree")
            .arg(tree.as_str())
            .args(parents);
        call.args(["-F", "-"])
            .input(message.as_bytes().to_vec())
            .oid()
    }
}

/// `<tree>\0 (<mode> <oid> <stage>\t<path>\0)* \0 <messages>`; the middle part names each
/// conflicting path once per stage. A clean merge has only messages behind the tree.
fn parse(stdout: &[u8]) -> Result<MergedTree> {
    let odd = || Error::odd_answer("merge-tree", stdout);
    let mut fields = bytes::fields(stdout);
    let tree = Oid::parse(&bytes::lossy(fields.next().ok_or_else(odd)?)).map_err(|_| odd())?;
    let mut conflicts: Vec<PathBuf> = Vec::new();
    let mut add = |name: &[u8]| {
        let path = bytes::path(name);
        if !conflicts.contains(&path) {
            conflicts.push(path);
        }
    };
    for field in fields.by_ref().take_while(|field| !field.is_empty()) {
        let tab = field.iter().position(|b| *b == b'\t').ok_or_else(odd)?;
        add(&field[tab + 1..]);
    }
    // Messages: `<n>\0 <path>\0 * n <kind>\0 <text>\0`. Some conflicts (of renamed folders) are only told here.
    while let Some(count) = fields.next() {
        let count: usize = bytes::lossy(count).parse().map_err(|_| odd())?;
        let paths: Vec<_> = fields.by_ref().take(count).collect();
        let kind = fields.next().unwrap_or_default();
        fields.next();
        if kind.starts_with(b"CONFLICT") {
            paths.into_iter().for_each(&mut add);
        }
    }
    Ok(MergedTree { tree, conflicts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_merge_tree() {
        let a = "a".repeat(40);
        let check = |rest: &str, expected: &[&str]| {
            let merged = parse(format!("{a}\0{rest}").as_bytes()).unwrap();
            assert_eq!(merged.tree.as_str(), a);
            assert_eq!(
                merged.conflicts,
                expected.iter().map(PathBuf::from).collect::<Vec<_>>(),
                "{rest:?}"
            );
        };
        check("", &[]);
        check("\x001\0f.txt\0Auto-merging\0Auto-merging f.txt\n\0", &[]);
        check(
            &format!("100644 {a} 1\tf x\0100644 {a} 2\tf x\0100644 {a} 3\tg\0\x001\0f\0C\0m\0"),
            &["f x", "g"],
        );
    }
}

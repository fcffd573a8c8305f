//! Finding the workflow files of a repository. Whether they are any good is the language's business.

use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// Where they lie, the usual place first.
const FOLDERS: [&str; 3] = [
    "workflows",
    ".offshoot/workflows",
    ".tapps-agents/workflows",
];
/// Deeper than any tidy folder of workflows.
const DEPTH: usize = 6;
/// A bound on the answer: it goes to a list in an editor.
const MOST_FILES: usize = 1000;
/// A bound on the work, for a folder of that name that is something else entirely.
const MOST_ENTRIES: usize = 20_000;
/// TappsCodingAgents keeps DONE and FAILED markers below its folder of workflows.
const MARKERS: &str = "markers";

/// The workflow files (`*.yaml`, `*.yml`) of a repository, by folder and path. Links to files
/// count, links to folders are not followed: no loops. Unreadable folders are passed over.
pub fn find(repo: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        let walk = WalkDir::new(repo.join(folder))
            .max_depth(DEPTH)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| entry.depth() == 0 || !is_skipped(entry));
        let found = walk
            .take(MOST_ENTRIES)
            .filter_map(Result::ok)
            .filter(|entry| is_yaml(entry.path()) && entry.path().is_file())
            .map(DirEntry::into_path);
        files.extend(found.take(MOST_FILES - files.len()));
    }
    files
}

fn is_skipped(entry: &DirEntry) -> bool {
    entry.file_type().is_dir() && matches!(entry.file_name().to_str(), Some(MARKERS | ".git"))
}

fn is_yaml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|end| end == "yaml" || end == "yml")
}

#[cfg(test)]
mod tests {
    use super::{MOST_FILES, find};
    use std::fs::{File, create_dir_all};
    use std::os::unix::fs::symlink;

    fn check(make: &[&str], expected: &[&str]) {
        let repo = tempfile::tempdir().unwrap();
        for path in make {
            let path = repo.path().join(path);
            create_dir_all(path.parent().unwrap()).unwrap();
            File::create(path).unwrap();
        }
        let found: Vec<_> = find(repo.path())
            .iter()
            .map(|path| {
                path.strip_prefix(repo.path())
                    .unwrap()
                    .display()
                    .to_string()
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn finds_yaml_in_the_three_folders() {
        check(&[], &[]);
        check(&["src/a.yaml", "a.yaml"], &[]);
        check(
            &[
                ".tapps-agents/workflows/c.yaml",
                ".tapps-agents/workflows/markers/w/step-1/x.yaml",
                ".offshoot/workflows/b.yml",
                "workflows/z.yaml",
                "workflows/team/a.yaml",
                "workflows/README.md",
                "workflows/a.yaml.bak",
                "workflows/1/2/3/4/5/6/deep.yaml",
            ],
            &[
                "workflows/team/a.yaml",
                "workflows/z.yaml",
                ".offshoot/workflows/b.yml",
                ".tapps-agents/workflows/c.yaml",
            ],
        );
    }

    #[test]
    fn links_do_not_loop_and_numbers_are_bounded() {
        let repo = tempfile::tempdir().unwrap();
        let folder = repo.path().join("workflows");
        create_dir_all(folder.join("sub.yaml")).unwrap();
        symlink(&folder, folder.join("loop")).unwrap();
        symlink(folder.join("nothing"), folder.join("broken.yaml")).unwrap();
        File::create(repo.path().join("real")).unwrap();
        symlink(repo.path().join("real"), folder.join("link.yaml")).unwrap();
        assert_eq!(find(repo.path()), [folder.join("link.yaml")]);
        for number in 0..=MOST_FILES {
            File::create(folder.join(format!("{number}.yaml"))).unwrap();
        }
        assert_eq!(find(repo.path()).len(), MOST_FILES);
    }
}

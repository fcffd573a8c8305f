//! What is there after writing, and after collecting.

use super::bed::{Bed, put};
use crate::handoff::names::{
    COMMAND_FILE, COMPLETED_FILE, FILES, INSTRUCTIONS_FILE, METADATA_FILE, SIMPLE_FILE, STATUS_FILE,
};
use crate::handoff::{Baseline, Error, collect, write};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

#[test]
fn four_files_of_the_user_alone() {
    let bed = Bed::new();
    let baseline = bed.write();
    for name in [COMMAND_FILE, SIMPLE_FILE, METADATA_FILE, INSTRUCTIONS_FILE] {
        let meta = fs::symlink_metadata(bed.job.worktree.join(name)).unwrap();
        assert_eq!(meta.permissions().mode() & 0o777, 0o600, "{name}");
    }
    assert_eq!(fs::read_dir(&bed.job.worktree).unwrap().count(), 4);
    assert_eq!(bed.read(SIMPLE_FILE), bed.job.command);
    let json: serde_json::Value = serde_json::from_str(&bed.read(COMMAND_FILE)).unwrap();
    assert_eq!(json["worktree_path"], bed.job.worktree.to_str().unwrap());
    assert_eq!(Baseline::load(&bed.job.attempt_dir).unwrap(), *baseline);
}

#[test]
fn the_command_file_is_the_newest() {
    let bed = Bed::new();
    bed.write();
    let written = |name: &str| {
        fs::metadata(bed.job.worktree.join(name))
            .unwrap()
            .modified()
            .unwrap()
    };
    for name in [SIMPLE_FILE, METADATA_FILE, INSTRUCTIONS_FILE] {
        assert!(written(name) <= written(COMMAND_FILE), "{name}");
    }
}

#[test]
fn symlinks_are_replaced_not_followed() {
    let bed = Bed::new();
    let precious = bed.job.repo.join("precious");
    put(&precious, "precious");
    for name in FILES {
        symlink(&precious, bed.job.worktree.join(name)).unwrap();
    }
    // A folder of files that leads out is nobody's business either.
    let elsewhere = bed.job.repo.join("elsewhere");
    put(&elsewhere.join(STATUS_FILE), "precious");
    symlink(&elsewhere, bed.job.worktree.join(".cursor")).unwrap();
    let baseline = bed.write();
    collect(&baseline);
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
    assert_eq!(
        fs::read_to_string(elsewhere.join(STATUS_FILE)).unwrap(),
        "precious"
    );
    assert_eq!(
        fs::read_to_string(bed.job.attempt_dir.join("handoff").join(SIMPLE_FILE)).unwrap(),
        bed.job.command
    );
}

#[test]
fn everything_moves_out_at_the_end() {
    let bed = Bed::new();
    let baseline = bed.write();
    bed.put(STATUS_FILE, "{}");
    bed.put(COMPLETED_FILE, "");
    bed.put(".cursor/.cursor-skill-status.json", "[]");
    bed.put(".execute-skill.sh", "echo");
    bed.put(".offshoot-tmp-1-1", "half");
    bed.put("requirements.md", "mine");
    let done = collect(&baseline);
    assert_eq!(done.problems, Vec::<String>::new());
    assert_eq!(done.moved.len(), 8, "{:?}", done.moved);
    let left: Vec<_> = fs::read_dir(&bed.job.worktree)
        .unwrap()
        .flatten()
        .map(|e| e.file_name())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
    let kept = bed.job.attempt_dir.join("handoff");
    assert_eq!(fs::read_to_string(kept.join(STATUS_FILE)).unwrap(), "{}");
    assert_eq!(
        fs::read_to_string(kept.join(".cursor").join(STATUS_FILE)).unwrap(),
        "[]"
    );
    assert_eq!(
        collect(&baseline).moved,
        Vec::<String>::new(),
        "again is no harm"
    );
}

#[test]
fn tracked_files_come_back_as_they_were() {
    let mut bed = Bed::new();
    bed.put(COMMAND_FILE, "committed by mistake");
    bed.put(
        ".cursor/.cursor-skill-status.json",
        "{\"status\":\"completed\"}",
    );
    bed.put(STATUS_FILE, "left over");
    symlink("gone", bed.job.worktree.join(COMPLETED_FILE)).unwrap();
    fs::set_permissions(
        bed.job.worktree.join(COMMAND_FILE),
        fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    let tracked = [
        COMMAND_FILE,
        COMPLETED_FILE,
        ".cursor/.cursor-skill-status.json",
    ];
    bed.job.tracked = tracked.map(str::to_owned).to_vec();
    let baseline = bed.write();
    assert!(!bed.has(STATUS_FILE) && !bed.has(".cursor/.cursor-skill-status.json"));
    fs::remove_dir(bed.job.worktree.join(".cursor")).unwrap();
    let done = collect(&baseline);
    assert_eq!(done.problems, Vec::<String>::new());
    assert_eq!(bed.read(COMMAND_FILE), "committed by mistake");
    let mode = fs::metadata(bed.job.worktree.join(COMMAND_FILE))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o755);
    assert_eq!(
        bed.read(".cursor/.cursor-skill-status.json"),
        "{\"status\":\"completed\"}"
    );
    assert_eq!(
        fs::read_link(bed.job.worktree.join(COMPLETED_FILE))
            .unwrap()
            .to_str(),
        Some("gone")
    );
    assert!(!bed.has(STATUS_FILE), "what nobody tracks stays away");
    let again = collect(&Baseline::load(&bed.job.attempt_dir).unwrap());
    assert_eq!(again.problems, Vec::<String>::new());
    assert_eq!(bed.read(COMMAND_FILE), "committed by mistake");
}

#[test]
fn a_write_that_fails_leaves_no_trigger() {
    let bed = Bed::new();
    fs::remove_dir(&bed.job.attempt_dir).unwrap();
    put(&bed.job.attempt_dir, "a file where the folder should be");
    assert!(matches!(write(&bed.job), Err(Error::Io { .. })));
    assert_eq!(fs::read_dir(&bed.job.worktree).unwrap().count(), 0);
}

#[test]
fn names_that_cannot_be() {
    for name in ["", "..", "a/b", COMMAND_FILE] {
        let mut bed = Bed::new();
        bed.job.status_file_name = name.to_owned();
        assert!(
            matches!(write(&bed.job), Err(Error::StatusFileName { .. })),
            "{name:?}"
        );
    }
    let mut bed = Bed::new();
    bed.job.worktree = bed.job.worktree.join("gone");
    assert!(matches!(write(&bed.job), Err(Error::Io { .. })));
}

#[test]
fn an_own_status_name_is_collected() {
    let mut bed = Bed::new();
    bed.job.status_file_name = "answer.json".to_owned();
    let baseline = bed.write();
    bed.put("answer.json", "{}");
    assert!(collect(&baseline).moved.contains(&"answer.json".to_owned()));
}

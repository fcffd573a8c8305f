//! What git keeps of a worktree, written without `git worktree add`: what that would have written.

use super::*;

fn job(f: &Fixture, name: &str) -> AddWorktree {
    AddWorktree {
        path: f.trees().join(name),
        branch: format!("offshoot-step/r/{name}"),
        base: f.head(),
    }
}

/// With its branch, as it is made while the files are written.
fn entered(f: &Fixture, job: &AddWorktree) -> Result<Worktree> {
    let made = f.repo.add_empty(job)?;
    f.repo.with_branch(made).map(|made| made.worktree)
}

/// Mode and content of everything below a folder, with one word in place of the name; of logs only who.
fn print(folder: &Path, name: &str) -> BTreeMap<PathBuf, (u32, String)> {
    let found = walkdir::WalkDir::new(folder).into_iter();
    let one = |entry: walkdir::DirEntry| {
        let text = fs::read_to_string(entry.path()).unwrap_or_default();
        // A log says who, when and what: `… <ada@example.org> 1795764958 +0000\tbranch: …`
        let text = text.split_once("> ").map_or(&*text, |(who, _)| who);
        let path = entry.path().strip_prefix(folder).unwrap().to_owned();
        let mode = entry.metadata().unwrap().permissions().mode();
        (path, (mode, text.replace(name, "NAME")))
    };
    found.map(|entry| one(entry.unwrap())).collect()
}

#[test]
fn it_is_what_git_writes() {
    for kind in [&[][..], &["--object-format=sha256"]] {
        let f = Fixture::bare_bones(&[&["init", "-q", "-b", "main"], kind].concat());
        f.write("src/a.txt", "one\n");
        f.commit("start");
        let by_us = entered(&f, &job(&f, "by-us")).unwrap();
        let place = f.trees().join("by-git");
        let mut call = vec!["worktree", "add", "-q", "--no-checkout"];
        call.extend(["--lock", "--reason", "offshoot", "-b"]);
        let head = f.head();
        let place = place.to_str().unwrap();
        f.git(&[&call[..], &["offshoot-step/r/by-git", place, head.as_str()]].concat());
        let by_git = f.repo.admin_dir_for(Path::new(place)).unwrap();
        assert_eq!(
            print(&by_us.git_dir, "by-us"),
            print(&by_git, "by-git"),
            "{kind:?}"
        );
        assert_eq!(
            print(&by_us.path, "by-us"),
            print(Path::new(place), "by-git"),
            "{kind:?}"
        );
        let log = |name: &str| {
            read(
                f.root(),
                &format!(".git/logs/refs/heads/offshoot-step/r/{name}"),
            )
        };
        let what = |log: String| log.split_once('\t').map(|(_, what)| what.to_owned());
        assert_eq!(what(log("by-us")), what(log("by-git")));
        by_us.verify_registered().unwrap();
        assert_eq!(f.git_in(&by_us.path, &["rev-parse", "HEAD"]), head.as_str());
        f.git(&["fsck", "--strict"]);
        // Nobody prunes it, and it goes as any other.
        f.git(&["worktree", "prune", "--expire=now"]);
        by_us.verify_registered().unwrap();
        f.repo.note(&by_us).unwrap();
        f.repo.remove_worktree(&by_us.path, "x").unwrap();
        assert!(!by_us.git_dir.exists());
    }
}

#[test]
fn where_git_would_keep_more_git_does_it() {
    for (setting, plain) in [
        (None, true),
        (Some("extensions.worktreeConfig=true"), false),
        (Some("extensions.worktreeConfig=false"), true),
        (Some("core.sharedRepository=group"), false),
        (Some("core.sharedRepository=umask"), true),
        (Some("core.sparseCheckout=true"), false),
        (Some("extensions.preciousObjects=true"), false),
    ] {
        let f = Fixture::new();
        if let Some((key, value)) = setting.and_then(|setting| setting.split_once('=')) {
            f.git(&["config", key, value]);
        }
        assert_eq!(f.repo.has_plain_entries().unwrap(), plain, "{setting:?}");
        let made = entered(&f, &job(&f, "s")).unwrap();
        made.verify_registered().unwrap();
        assert_eq!(
            f.git_in(&made.path, &["symbolic-ref", "--short", "HEAD"]),
            made.branch,
            "{setting:?}"
        );
    }
    let probe = tempfile::tempdir().unwrap();
    let init = ["init", "-q", "-b", "main", "--ref-format=reftable"];
    if try_run(probe.path(), probe.path(), &init).code == Some(0) {
        let f = Fixture::bare_bones(&init);
        f.write("a", "a");
        f.commit("start");
        assert!(!f.repo.has_plain_entries().unwrap());
        entered(&f, &job(&f, "s")).unwrap();
    }
}

#[test]
fn what_is_taken_is_not_forced() {
    let f = Fixture::new();
    let made: Vec<Worktree> = std::thread::scope(|scope| {
        let one = || entered(&f, &job(&f, "s")).unwrap();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let distinct = |of: &dyn Fn(&Worktree) -> String| {
        let all: std::collections::BTreeSet<String> = made.iter().map(of).collect();
        all.len()
    };
    assert_eq!(distinct(&|w| w.branch.clone()), 8);
    assert_eq!(distinct(&|w| w.path.display().to_string()), 8);
    assert_eq!(distinct(&|w| w.git_dir.display().to_string()), 8);
    made.iter().for_each(|w| w.verify_registered().unwrap());
    // The user's own worktree of the same name, somewhere else.
    let theirs = f.folder.path().join("elsewhere/t");
    f.git(&[
        "worktree",
        "add",
        "-q",
        "--detach",
        theirs.to_str().unwrap(),
    ]);
    let ours = entered(&f, &job(&f, "t")).unwrap();
    assert!(ours.git_dir.ends_with("worktrees/t-2"));
}

#[test]
fn when_it_fails_nothing_is_left() {
    let f = Fixture::new();
    let nothing_is_left = || {
        assert_eq!(fs::read_dir(f.trees()).unwrap().count(), 0);
        assert_eq!(f.git(&["worktree", "list"]).lines().count(), 1);
        let entries = fs::read_dir(f.root().join(".git/worktrees"));
        assert_eq!(entries.into_iter().flatten().count(), 0);
    };
    let nonsense = AddWorktree {
        base: Oid::parse(&"1".repeat(40)).unwrap(),
        ..job(&f, "s")
    };
    assert!(entered(&f, &nonsense).is_err());
    nothing_is_left();
    // One that was given up before it had a branch: that of this name is somebody's.
    f.git(&["branch", "offshoot-step/r/s"]);
    let made = f.repo.add_empty(&job(&f, "s")).unwrap();
    assert!(!made.has_branch);
    f.repo.leave(&made);
    nothing_is_left();
    f.git(&["branch", "-d", "offshoot-step/r/s"]);
    // A branch in the way of all that would be below it.
    f.git(&["branch", "offshoot-step/r"]);
    let error = entered(&f, &job(&f, "s")).unwrap_err();
    assert!(matches!(error, Error::RefMoved { .. }), "{error}");
    nothing_is_left();
}

#[test]
fn killed_before_it_has_a_branch_it_is_cleared_up() {
    let f = Fixture::new();
    let made = f.repo.add_empty(&job(&f, "s")).unwrap();
    assert!(!made.has_branch);
    write(&made.worktree.path, "of/the/tree", "x");
    let done = f.repo.reconcile(&[], &[f.trees()]).unwrap();
    assert_eq!(done.removed, [made.worktree.path]);
    assert_eq!(done.failed, []);
    assert_eq!(f.git(&["worktree", "list"]).lines().count(), 1);
}

#[test]
fn an_entry_that_an_earlier_folder_left_is_gits_to_judge() {
    let f = Fixture::new();
    let first = entered(&f, &job(&f, "s")).unwrap();
    fs::remove_dir_all(&first.path).unwrap();
    assert!(entered(&f, &job(&f, "s")).is_err());
    assert!(!first.path.exists());
    assert_eq!(f.git(&["worktree", "list"]).lines().count(), 1);
    let again = entered(&f, &job(&f, "s")).unwrap();
    assert_eq!(again.path, first.path);
}

#[test]
fn killed_while_it_is_written_it_is_cleared_up() {
    type Undo = fn(&Worktree);
    let states: [(&str, Undo); 7] = [
        ("refs", |made| {
            fs::remove_dir(made.git_dir.join("refs")).unwrap();
        }),
        ("an empty HEAD", |made| {
            fs::File::create(made.git_dir.join("HEAD")).unwrap();
        }),
        ("HEAD", |made| {
            fs::remove_file(made.git_dir.join("HEAD")).unwrap();
        }),
        ("a whole commondir", |made| {
            fs::File::create(made.git_dir.join("commondir")).unwrap();
        }),
        ("commondir", |made| {
            fs::remove_file(made.git_dir.join("commondir")).unwrap();
        }),
        ("a whole .git", |made| {
            fs::File::create(made.path.join(".git")).unwrap();
        }),
        (".git", |made| {
            fs::remove_file(made.path.join(".git")).unwrap();
        }),
    ];
    for until in 1..=states.len() {
        let f = Fixture::new();
        let made = f.repo.add_empty(&job(&f, "s")).unwrap().worktree;
        for (_, undo) in &states[..until] {
            undo(&made);
        }
        let without = states[until - 1].0;
        let done = f.repo.reconcile(&[], &[f.trees()]).unwrap();
        assert_eq!(done.failed, [], "without {without}");
        assert_eq!(done.removed, std::slice::from_ref(&made.path), "{without}");
        assert!(done.salvaged.is_empty() && !made.git_dir.exists());
        // The name is free again.
        let again = entered(&f, &job(&f, "s")).unwrap();
        assert_eq!((again.path, again.git_dir), (made.path, made.git_dir));
    }
}

#[test]
fn an_entry_that_names_no_worktree_goes_after_a_minute() {
    let f = Fixture::new();
    let root = entered(&f, &job(&f, "s")).unwrap().git_dir;
    let root = root.parent().unwrap();
    let make = |name: &str, files: &[(&str, &str)], old: bool| {
        let entry = root.join(name);
        fs::create_dir(&entry).unwrap();
        for (file, content) in files {
            write(&entry, file, content);
        }
        if old {
            let then = std::time::UNIX_EPOCH;
            fs::File::open(&entry).unwrap().set_modified(then).unwrap();
        }
        entry
    };
    let ours = ("locked", "offshoot\n");
    let going = [
        make("a", &[ours], true),
        make("b", &[("locked", "")], true),
        make("c", &[ours, ("gitdir", "")], true),
    ];
    let staying = [
        make("d", &[ours], false),
        make("e", &[("locked", "a word of others\n")], true),
        make("f", &[ours, ("gitdir", "/elsewhere/f/.git\n")], true),
        make("g", &[], true),
    ];
    f.repo
        .reconcile(&[f.trees().join("s")], &[f.trees()])
        .unwrap();
    let there = |entries: &[PathBuf]| entries.iter().filter(|entry| entry.exists()).count();
    assert_eq!((there(&going), there(&staying)), (0, staying.len()));
}

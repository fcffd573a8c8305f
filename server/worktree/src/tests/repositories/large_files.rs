//! Files that git-lfs keeps: pointers unless asked for, and never a raw commit.

use super::*;

/// git-lfs itself where it is installed, else filters that do what it does with files.
fn with_lfs() -> Fixture {
    let f = Fixture::new();
    let real = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .any(|folder| folder.join("git-lfs").is_file());
    if real {
        f.git(&["lfs", "install", "--local", "--skip-repo"]);
    } else {
        let store = f.folder.path().join("lfs store");
        fs::create_dir(&store).unwrap();
        let store = store.display();
        let clean = f.program("lfs-clean",
            &format!(
                "t=$(mktemp); cat > \"$t\"\nif head -c 22 \"$t\" | grep -q '^version https://git-l'; then cat \"$t\"; exit; fi\n[ -s \"$t\" ] || exit 0\n\
             s=$(sha256sum \"$t\" | cut -c1-64); cp \"$t\" '{store}'/$s\n\
             printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%s\\nsize %s\\n' $s $(wc -c < \"$t\")"
            ),
        );
        let smudge = f.program("lfs-smudge",
            &format!(
                "t=$(mktemp); cat > \"$t\"\ns=$(sed -n 's/^oid sha256://p' \"$t\")\n\
             if [ \"$GIT_LFS_SKIP_SMUDGE\" = 1 ] || [ -z \"$s\" ]; then cat \"$t\"; else cat '{store}'/$s; fi"
            ),
        );
        f.git(&["config", "filter.lfs.clean", &format!("'{clean}'")]);
        f.git(&["config", "filter.lfs.smudge", &format!("'{smudge}'")]);
        f.git(&["config", "filter.lfs.required", "true"]);
    }
    f.write(
        ".gitattributes",
        "*.bin filter=lfs diff=lfs merge=lfs -text\n",
    );
    f.write("big.bin", "large content\n");
    f.write("other.bin", "other content\n");
    f.commit("large files");
    f
}

#[test]
fn large_files_stay_pointers_and_are_never_committed_whole() {
    let f = with_lfs();
    let base = f.head();
    assert!(
        f.show(&base, "big.bin")
            .starts_with("version https://git-lfs")
    );
    let w = f.step("s");
    let pointer = read(&w.path, "big.bin");
    assert!(pointer.starts_with("version https://git-lfs"), "{pointer}");
    assert_eq!(f.harvest(&w).commit, None, "pointers are no change");
    write(&w.path, "big.bin", "another large content\n");
    write(&w.path, "new.bin", "new large content\n");
    write(&w.path, "empty.bin", "");
    let result = f.harvest(&w).commit.unwrap();
    for path in ["big.bin", "new.bin"] {
        assert!(
            f.show(&result, path).starts_with("version https://git-lfs"),
            "{path}"
        );
    }
    assert_eq!(f.repo.changed_files(&base, &result).unwrap().len(), 3);
    f.applied(&base, &result);
    assert_eq!(f.read("big.bin"), "another large content\n");
    assert_eq!(f.read("other.bin"), "other content\n");
    let taken = f.taken().unwrap();
    assert!(
        f.show(&taken.commit, "new.bin")
            .starts_with("version https://git-lfs")
    );
    f.repo.undo("r").unwrap();
    assert_eq!(f.read("big.bin"), "large content\n");
    assert_eq!(f.git(&["status", "--porcelain"]), "");
}

#[test]
fn without_git_lfs_a_large_file_is_refused_and_stays_where_it_is() {
    let f = with_lfs();
    let w = f.step("s");
    write(&w.path, "big.bin", "raw content\n");
    write(&w.path, "note.txt", "x\n");
    for key in ["clean", "smudge", "process", "required"] {
        let _ = try_run(
            f.folder.path(),
            f.root(),
            &["config", "--unset", &format!("filter.lfs.{key}")],
        );
    }
    let error = f.repo.harvest(&f.job(&w)).unwrap_err();
    assert!(
        matches!(&error, Error::RawLargeFile { paths } if *paths == [PathBuf::from("big.bin")]),
        "{error}"
    );
    assert!(error.to_string().contains("git lfs install"), "{error}");
    assert_eq!(read(&w.path, "big.bin"), "raw content\n");
    f.write("raw.bin", "raw\n");
    let dirty = f.taken();
    assert!(matches!(dirty, Err(Error::RawLargeFile { .. })));
}

#[test]
fn large_files_are_brought_on_request() {
    let f = with_lfs();
    let has = try_run(f.folder.path(), f.root(), &["lfs", "version"]).code == Some(0);
    let w = f.step("s");
    let brought = f.repo.bring_large_files(&w, LargeFiles::Local);
    if !has {
        assert!(brought.unwrap_err().to_string().contains("git lfs"));
        return;
    }
    brought.unwrap();
    assert_eq!(read(&w.path, "big.bin"), "large content\n");
    assert_eq!(f.git_in(&w.path, &["status", "--porcelain"]), "");
    assert_eq!(f.harvest(&w).commit, None);
    f.repo.bring_large_files(&w, LargeFiles::Pointers).unwrap();

    // Pulled where the content is on a remote only.
    let hub = f.folder.path().join("hub.git");
    f.git(&["init", "-q", "--bare", hub.to_str().unwrap()]);
    let address = format!("file://{}", hub.display());
    f.git(&["remote", "add", "origin", &address]);
    f.git(&["push", "-q", "origin", "HEAD:main"]);
    f.git(&["lfs", "push", "--all", "origin"]);
    fs::remove_dir_all(f.root().join(".git/lfs/objects")).unwrap();
    let w = f.step("local");
    f.repo.bring_large_files(&w, LargeFiles::Local).unwrap();
    assert!(read(&w.path, "big.bin").starts_with("version https://git-lfs"));
    let w = f.step("pull");
    f.repo.bring_large_files(&w, LargeFiles::Pull).unwrap();
    assert_eq!(read(&w.path, "big.bin"), "large content\n");
    assert_eq!(f.harvest(&w).commit, None, "content is no change");
    write(&w.path, "big.bin", "changed by a step\n");
    let result = f.harvest(&w).commit.unwrap();
    assert!(
        f.show(&result, "big.bin")
            .starts_with("version https://git-lfs")
    );
}

//! `pnpm-lock.yaml`.

use super::super::Kind;
use super::{alone, check};

#[test]
fn pnpm_of_all_versions() {
    check(
        Kind::Pnpm,
        PNPM_5,
        &["*@s/a 1.0.0:6 > b", "b 2.0.0:11", "*c 3.0.0:13 > b"],
        &[(18, "github.com/o/forked")],
    );
    check(
        Kind::Pnpm,
        PNPM_6,
        &["*@s/a 1.0.0:9 > b", "b 2.0.0:15"],
        &[],
    );
    check(
        Kind::Pnpm,
        PNPM_9,
        &["*@s/a 1.0.0:24 > b", "*b 2.0.0:27", "c 3.0.0-rc.1:30"],
        &[(32, "file:packages/own")],
    );
    // As real ones have them: names with `_`, aliases, other registries, git and archives.
    check(
        Kind::Pnpm,
        "lockfileVersion: 5.3\ndependencies:\n  other: /real/3.1.0\npackages:\n  /@types/babel__core/7.1.14:\n    resolution: {}\n  \
         /real/3.1.0:\n    dev: false\n  /ts-node/9.1.1_typescript@4.2.4:\n    dependencies:\n      '@types/babel__core': 7.1.14\n  \
         npm.example.org/@s/own/2.0.0:\n    name: '@s/own'\n  github.com/o/r/0a1b2c3d:\n    name: r\n    version: 1.0.0\n",
        &[
            "@types/babel__core 7.1.14:5",
            "*real 3.1.0:7",
            "ts-node 9.1.1:9 > @types/babel__core",
            "@s/own 2.0.0:12",
        ],
        &[(14, "github.com/o/r/0a1b2c3d")],
    );
    check(
        Kind::Pnpm,
        "lockfileVersion: '6.1'\npackages:\n  /@types/babel__core@7.20.0:\n    resolution: {}\n  \
         /wrap-ansi-cjs@7.0.0:\n    dependencies:\n      babel: /@types/babel__core@7.20.0\n  \
         github.com/o/r/0a1b2c3d:\n    name: r\n    version: 1.0.0\n",
        &[
            "@types/babel__core 7.20.0:3",
            "wrap-ansi-cjs 7.0.0:5 > @types/babel__core",
        ],
        &[(8, "github.com/o/r/0a1b2c3d")],
    );
    check(
        Kind::Pnpm,
        "lockfileVersion: '9.0'\npackages:\n  '@types/babel__core@7.20.5':\n    resolution: {}\n  \
         r@https://codeload.github.com/o/r/tar.gz/0a1b2c3d:\n    version: 1.0.0\n",
        &["@types/babel__core 7.20.5:3"],
        &[(5, "codeload.github.com")],
    );
    assert!(Kind::Pnpm.parse("a: [", &alone).is_err());
    assert!(Kind::Pnpm.parse("a: 1", &alone).is_err());
    let deep = "[".repeat(5000);
    assert!(Kind::Pnpm.parse(&deep, &alone).is_err());
}

pub(super) const PNPM_5: &str = r##"lockfileVersion: 5.4
dependencies:
  '@s/a': 1.0.0_b@2.0.0
  c: 3.0.0
packages:
  /@s/a/1.0.0_b@2.0.0:
    resolution: {integrity: sha512-pKvURIxJVi2CgRXROh/M6pJ/UrTVRZKX+LQ+QtqJI4vBNibkPcs43bCCSIkn7JBPtCBXRDmD6IWFF51QVRr+Yg==}
    dependencies:
      b: 2.0.0

  /b/2.0.0:
    dev: true
  /c/3.0.0:
    dependencies:
      b: 2.0.0
      gone: 1.0.0

  github.com/o/forked/abc:
    name: forked
"##;

pub(super) const PNPM_6: &str = r##"lockfileVersion: '6.0'

dependencies:
  '@s/a':
    specifier: ^1.0.0
    version: 1.0.0(b@2.0.0)

packages:
  /@s/a@1.0.0(b@2.0.0):
    resolution: {integrity: sha512-pKvURIxJVi2CgRXROh/M6pJ/UrTVRZKX+LQ+QtqJI4vBNibkPcs43bCCSIkn7JBPtCBXRDmD6IWFF51QVRr+Yg==}
    peerDependencies:
      b: '*'
    dependencies:
      b: 2.0.0
  /b@2.0.0:
    resolution: {integrity: sha512-pKvURIxJVi2CgRXROh/M6pJ/UrTVRZKX+LQ+QtqJI4vBNibkPcs43bCCSIkn7JBPtCBXRDmD6IWFF51QVRr+Yg==}
"##;

pub(super) const PNPM_9: &str = r##"---
lockfileVersion: '9.0'
importers:
  .:
    packageManagerDependencies:
      pnpm: {specifier: 10.0.0, version: 10.0.0}
---
lockfileVersion: '9.0'

importers:
  .:
    dependencies:
      '@s/a':
        specifier: ^1.0.0
        version: 1.0.0(b@2.0.0)
  packages/w:
    devDependencies:
      b: {specifier: '*', version: 2.0.0}
      own:
        specifier: workspace:*
        version: link:../own

packages:
  '@s/a@1.0.0':
    resolution: {integrity: sha512-pKvURIxJVi2CgRXROh/M6pJ/UrTVRZKX+LQ+QtqJI4vBNibkPcs43bCCSIkn7JBPtCBXRDmD6IWFF51QVRr+Yg==}

  b@2.0.0:
    resolution: {integrity: sha512-pKvURIxJVi2CgRXROh/M6pJ/UrTVRZKX+LQ+QtqJI4vBNibkPcs43bCCSIkn7JBPtCBXRDmD6IWFF51QVRr+Yg==}

  c@3.0.0-rc.1: {}

  own@file:packages/own:
    resolution: {directory: packages/own, type: directory}

snapshots:
  '@s/a@1.0.0(b@2.0.0)':
    dependencies:
      b: 2.0.0
  b@2.0.0: {}
  c@3.0.0-rc.1: {}
"##;

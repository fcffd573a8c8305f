//! `package-lock.json`.

use super::super::Kind;
use super::{alone, check, parse};

#[test]
fn npm_of_all_versions() {
    check(
        Kind::Npm,
        NPM_1,
        &["a 1.0.0:4 > b", "b 2.0.0:9", "b 1.0.0:14", "real 3.1.0:18"],
        &[
            (19, "`local` does not come from the registry"),
            (20, "`forked`"),
        ],
    );
    check(
        Kind::Npm,
        NPM_3,
        &[
            "*@s/a 1.0.0:18 > b",
            "b 2.0.0:26",
            "*b 1.0.0:30",
            "real 3.1.0:36",
            "*c 0.1.0:37",
        ],
        &[(38, "`odd` has no version")],
    );
    check(
        Kind::Npm,
        "{\"lockfileVersion\": 2, \"packages\": {\n\"node_modules/a\": {\"version\": \"1.0.0\", \"resolved\": \"git+ssh://git@github.com/o/a.git#0a1b\"},\n\
         \"node_modules/b\": {\"version\": \"1.0.0\", \"resolved\": \"https://registry.npmjs.org/b/-/b-1.0.0.tgz\"}}}",
        &["b 1.0.0:3"],
        &[(2, "`a` does not come from the registry")],
    );
    let parsed = parse(Kind::Npm, NPM_3);
    assert_eq!(parsed.packages[0].licence.as_deref(), Some("MIT"));
    assert_eq!(parsed.packages[2].licence.as_deref(), Some("ISC OR MIT"));
    assert!(parsed.packages[1].development);
    let algorithms: Vec<_> = parsed.packages[0]
        .hashes
        .iter()
        .map(|hash| hash.algorithm)
        .collect();
    assert_eq!(algorithms, ["SHA-1", "SHA-512"]);
    assert!(
        Kind::Npm
            .parse(r#"{"lockfileVersion": 3}"#, &alone)
            .is_err()
    );
    assert!(Kind::Npm.parse("[]", &alone).is_err());
    let deep = "{\"dependencies\":{\"a\":".repeat(200) + "{}" + &"}}".repeat(200);
    assert!(Kind::Npm.parse(&deep, &alone).is_err());
}

pub(super) const NPM_1: &str = r##"{
  "lockfileVersion": 1,
  "dependencies": {
    "a": {
      "version": "1.0.0",
      "integrity": "sha512-pKvURIxJVi2CgRXROh/M6pJ/UrTVRZKX+LQ+QtqJI4vBNibkPcs43bCCSIkn7JBPtCBXRDmD6IWFF51QVRr+Yg==",
      "requires": { "b": "^2.0.0" },
      "dependencies": {
        "b": {
          "version": "2.0.0"
        }
      }
    },
    "b": {
      "version": "1.0.0",
      "dev": true
    },
    "other": { "version": "npm:real@3.1.0" },
    "local": { "version": "file:local" },
    "forked": { "version": "github:o/forked#abc" }
  }
}
"##;

pub(super) const NPM_3: &str = r##"{
  "name": "app",
  "lockfileVersion": 3,
  "packages": {
    "": {
      "name": "app",
      "dependencies": { "@s/a": "^1.0.0" },
      "devDependencies": { "b": "^1.0.0" },
      "workspaces": ["packages/*"]
    },
    "packages/w": {
      "version": "1.0.0",
      "dependencies": {
        "c": "*"
      }
    },
    "node_modules/w": { "resolved": "packages/w", "link": true },
    "node_modules/@s/a": {
      "version": "1.0.0",
      "resolved": "https://registry.example.org/a.tgz",
      "integrity": "sha512-pKvURIxJVi2CgRXROh/M6pJ/UrTVRZKX+LQ+QtqJI4vBNibkPcs43bCCSIkn7JBPtCBXRDmD6IWFF51QVRr+Yg== sha1-EfatjsUqKYSrqv18O1FlA3hcIHI=",
      "license": "MIT",
      "dependencies": { "b": "^2.0.0" },
      "peerDependencies": null
    },
    "node_modules/@s/a/node_modules/b": {
      "version": "2.0.0",
      "dev": true
    },
    "node_modules/b": {
      "version": "1.0.0",
      "license": [{ "type": "ISC" }, "MIT"],
      "optionalDependencies": { "c": "*", "not-there": "*" },
      "engines": ["node"]
    },
    "node_modules/other": { "name": "real", "version": "3.1.0" },
    "packages/w/node_modules/c": { "version": "0.1.0" },
    "node_modules/odd": { "version": 7 },
    "node_modules/c": { "version": "0.1.0", "link": true }
  }
}
"##;

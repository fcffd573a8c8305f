//! Steps that may run at once and edit the same files.

use super::check;

#[test]
fn steps_that_may_edit_the_same_at_once() {
    check(
        r#"steps:
  - {id: a, run: x, needs: [], touches: ["src/**"]}
  - {id: b, run: x, needs: [], touches: [docs/, "*.rs"]}
  - {id: c, run: x, needs: [a, b], touches: ["src/a.rs"]}
"#,
        &[
            "3:49-3:55 overlap warning `b` and `a` may run at once and edit the same files | let one need the other, or set `overlap: serialize` in `metadata`: then `b` waits for `a` and builds on it",
        ],
    );
    for mode in ["off", "serialize"] {
        check(
            &format!(
                "metadata: {{overlap: {mode}}}\nsteps:\n  - {{id: a, run: x, needs: [], touches: [x]}}\n  - {{id: b, run: x, needs: [], touches: [x]}}\n"
            ),
            &[],
        );
    }
    check(
        r#"metadata: {overlap: serialise}
steps:
  - {id: a, run: x, touches: ["../x"]}
  - {id: b, run: x, touches: ["src/{a", "!src/a"]}
"#,
        &[
            "1:21-1:30 unknown-value warning `overlap` is one of off, warn, serialize; `serialise` has no effect | did you mean `serialize`?",
            "3:31-3:37 bad-glob warning `../x` is no pattern of files in the repository: it is read as all of them | write a path from the root, for example `src/**`",
            "4:31-4:39 bad-glob warning `src/{a` is no pattern of files in the repository: it is read as all of them | write a path from the root, for example `src/**`",
            "4:41-4:49 bad-glob warning `!src/a` takes nothing out: a pattern only adds files | name only what the step edits",
        ],
    );
}

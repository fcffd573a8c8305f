//! Every kind of problem, with its place. Columns count characters from 1.

use super::check;

#[test]
fn files_that_hold_no_workflow() {
    check(
        "",
        &["1:1-1:1 empty-file error the file is empty | a workflow starts with `steps:`"],
    );
    check(
        "\u{feff}# only a comment\r\n",
        &["1:1-1:1 empty-file error the file is empty | a workflow starts with `steps:`"],
    );
    check(
        r"---
",
        &["2:1-2:1 empty-file error the file is empty | a workflow starts with `steps:`"],
    );
    check(
        r"~
",
        &["1:1-1:2 empty-file error the file is empty | a workflow starts with `steps:`"],
    );
    check(
        r"just text
",
        &["1:1-1:10 not-a-workflow error a workflow is a mapping with `steps`, not text"],
    );
    check(
        r"- a
- b
",
        &["1:1-2:4 not-a-workflow error a workflow is a mapping with `steps`, not a list"],
    );
    check(
        r"id: x
",
        &["1:1-1:1 no-steps error the workflow has no steps | add `steps:` with a list of steps"],
    );
    check(
        r"steps:
",
        &["1:1-1:6 no-steps error the workflow has no steps | add `steps:` with a list of steps"],
    );
    check(
        r"steps: []
",
        &[
            "1:1-1:6 no-steps error the workflow has no steps | add a step with `run`, `agent` or `prompt`",
        ],
    );
    check(
        r"steps: no
",
        &["1:1-1:6 wrong-type error `steps` is a list, not text | each step starts with `- `"],
    );
    check(
        r"steps: {a: b}
",
        &["1:1-1:6 wrong-type error `steps` is a list, not a mapping | each step starts with `- `"],
    );
    check(
        r"jobs: {}
",
        &[
            "1:1-1:1 no-steps error the workflow has no steps | this seems to be a file of another program",
            "1:1-1:5 unknown-key warning a workflow has no key `jobs`; it is not read",
        ],
    );
    check(
        r"workflow: 5
",
        &["1:11-1:12 wrong-type error `workflow` is a mapping, not `5`"],
    );
    check(
        r"stepz:
  - run: x
",
        &[
            "1:1-1:1 no-steps error the workflow has no steps | add `steps:` with a list of steps",
            "1:1-1:6 unknown-key warning a workflow has no key `stepz`; it is not read | did you mean `steps`?",
        ],
    );
}

#[test]
fn what_is_no_yaml() {
    check(
        "steps:\n\t- run: x\n",
        &["2:1-2:2 yaml-tab error a tab cannot indent YAML | use spaces, two for each level"],
    );
    check(
        "steps:\n  - id: a\n\trun: x\n",
        &["3:1-3:2 yaml-tab error a tab cannot indent YAML | use spaces, two for each level"],
    );
    check(
        r"steps:
  - run: x
  - run: a: b
    chek: x
",
        &[
            "3:11-3:12 yaml-syntax error this is no YAML: mapping values are not allowed in this context | text that holds `: ` stands in quotes; keys of one mapping start in one column",
        ],
    );
    check(
        r#"steps:
  - run: "x
"#,
        &[
            "2:10-2:11 yaml-syntax error this is no YAML: while scanning a quoted scalar, found unexpected end of stream | the closing quote is missing",
        ],
    );
    check(
        r"steps:
  - run: *x
",
        &[
            "2:10-2:11 yaml-syntax error this is no YAML: while parsing node, found unknown anchor | `&name` stands before what `*name` repeats; text that starts with `*` stands in quotes",
        ],
    );
    check(
        r"steps:
  - &a [*a]
",
        &[
            "2:5-2:5 wrong-type error a step is a mapping, not a list | write `- title: …` with `run`, `agent` or `prompt` below",
            "2:9-2:11 yaml-alias error an alias cannot stand in what it names",
        ],
    );
    check(
        r"steps: [
  {run: x},
",
        &[
            "3:1-3:2 yaml-syntax error this is no YAML: while parsing a node, did not find expected node content | a value is missing here, or a bracket above is not closed",
        ],
    );
    check(
        r"a: [1
b: c
",
        &[
            "1:1-1:2 unknown-key warning a workflow has no key `a`; it is not read",
            "2:2-2:3 yaml-syntax error this is no YAML: illegal placement of ':' indicator | a bracket above is not closed",
        ],
    );
    check(
        r"steps:
  - run: x
   id: a
",
        &[
            "3:4-3:5 yaml-syntax error this is no YAML: while parsing a block collection, did not find expected '-' indicator | items of one list start in one column",
        ],
    );
    check(
        r"steps:
  - run: |
      ok
    id: 'a' b
",
        &[
            "4:13-4:14 yaml-syntax error this is no YAML: invalid trailing content after double-quoted scalar | the text ends at its closing quote; quotes within are written `\\\"` or `''`",
        ],
    );
}

#[test]
fn documents_tags_keys_and_merges() {
    check(
        r"workflow:
  steps:
    - run: x
metadata: {}
",
        &[
            "4:1-4:9 unknown-key warning `metadata` is not read beside `workflow` | put it into `workflow`",
        ],
    );
    check(
        r"steps:
  - run: x
---
steps: []
",
        &[
            "3:1-3:4 several-documents error a second document starts here | keep one workflow in each file",
        ],
    );
    check(
        r"steps:
  - run: !foo x
    notes: !!str 5
",
        &["2:10-2:16 yaml-tag warning the tag `!foo` is not read; the value is text"],
    );
    check(
        r"steps:
  - run: x
    run: y
    ? [a]
    : b
steps: []
",
        &[
            "3:5-3:8 duplicate-key error the key `run` stands twice | only the first is read; take one away",
            "4:7-4:10 yaml-key error a key is text, not a list",
            "6:1-6:6 duplicate-key error the key `steps` stands twice | only the first is read; take one away",
        ],
    );
    check(
        r"steps:
  - <<: text
    run: x
",
        &[
            "2:9-2:13 yaml-merge error `<<` takes mappings only | write `<<: *name`, where `&name` stands before a mapping",
        ],
    );
}

#[test]
fn unknown_keys_at_every_level() {
    check(
        r"colour: red
settings: {quality_gate: true}
metadata:
  free: 1
  auto_execution: {enabld: true, features: {x: true}, retry: {enable: true}, polling: {interval: 1}}
steps:
  - run: x
    name: a
    depends_on: [b]
    tiemout: 5
    utterly: unknown
    retry: {max_atempts: 2}
    limits: {mem: 1}
    gate: {pass: a}
    scoring: {threshold: {}}
    metadata: {free: 1, retry: {attempts: 1}}
",
        &[
            "1:1-1:7 unknown-key warning a workflow has no key `colour`; it is not read",
            "2:12-2:24 unknown-key warning `settings` has no key `quality_gate`; it is not read | did you mean `quality_gates`?",
            "5:20-5:26 unknown-key warning `auto_execution` has no key `enabld`; it is not read | did you mean `enabled`?",
            "5:45-5:46 unknown-key warning `features` has no key `x`; it is not read",
            "5:63-5:69 unknown-key warning `retry` has no key `enable`; it is not read | did you mean `enabled`?",
            "5:88-5:96 unknown-key warning `polling` has no key `interval`; it is not read",
            "8:5-8:9 unknown-key warning a step has no key `name`; it is not read | use `title`",
            "9:5-9:15 unknown-key warning a step has no key `depends_on`; it is not read | use `needs`",
            "10:5-10:12 unknown-key warning a step has no key `tiemout`; it is not read | did you mean `timeout`?",
            "11:5-11:12 unknown-key warning a step has no key `utterly`; it is not read",
            "12:13-12:24 unknown-key warning `retry` has no key `max_atempts`; it is not read | did you mean `max_attempts`?",
            "13:14-13:17 unknown-key warning `limits` has no key `mem`; it is not read",
            "14:12-14:16 unknown-key warning `gate` has no key `pass`; it is not read",
            "15:15-15:24 unknown-key warning `scoring` has no key `threshold`; it is not read | did you mean `thresholds`?",
            "16:33-16:41 unknown-key warning `retry` has no key `attempts`; it is not read",
        ],
    );
}

#[test]
fn keys_in_the_wrong_mapping() {
    check(
        r"needs: [a]
steps:
  - run: x
    max_parallel: 2
",
        &[
            "1:1-1:6 unknown-key warning a workflow has no key `needs`; it is not read | `needs` belongs to a step",
            "4:5-4:17 unknown-key warning a step has no key `max_parallel`; it is not read | `max_parallel` belongs to a workflow",
        ],
    );
}

#[test]
fn work() {
    check(
        r"steps:
  - text
  -
  - [a]
  - run: x
",
        &[
            "2:5-2:9 wrong-type error a step is a mapping, not text | write `- title: …` with `run`, `agent` or `prompt` below",
            "3:4-3:4 wrong-type error a step is a mapping, not nothing | write `- title: …` with `run`, `agent` or `prompt` below",
            "4:5-4:8 wrong-type error a step is a mapping, not a list | write `- title: …` with `run`, `agent` or `prompt` below",
        ],
    );
    check(
        r#"steps:
  - title: t
  - run: x
    agent: a
    prompt: p
    params: {a: b}
  - action: a
  - agent: a
  - run: ""
  - agent: two words
    action: do
  - agent: [a]
"#,
        &[
            "2:12-2:13 no-work error the step has nothing to do | add `run`, `agent` or `prompt`",
            "4:5-4:10 two-works error `run` and `agent` do not go together | keep one of them, or make two steps of it",
            "5:5-5:11 two-works error `run` and `prompt` do not go together | keep one of them, or make two steps of it",
            "6:5-6:11 two-works error `run` and `params` do not go together | keep one of them, or make two steps of it",
            "7:5-7:11 no-work error the step has an `action` but no `agent` to do it | add `agent`",
            "8:5-8:10 no-task warning the agent `a` is not told what to do | add `action` or `prompt`",
            "9:10-9:12 empty-value error `run` is empty",
            "10:12-10:21 bad-name error `agent` is one word, not `two words` | free text belongs into `prompt`",
            "12:12-12:15 wrong-type error `agent` is text, not a list",
        ],
    );
}

#[test]
fn types_and_values() {
    check(
        r"steps:
  - run: x
    timeout: soon
    silence: 0
    limits: {memory: lots, cpu_percent: 0, output: -1}
    priority: hihg
    retry: {max_attempts: 0, backoff_multiplier: 0.5, initial_delay_seconds: x}
    verify: strikt
    on_error: contine
    context_tier: 9
    repeats: maybe
    env: {A: b}
    needs: {a: b}
    title: [a]
",
        &[
            "3:14-3:18 bad-duration error `timeout` is no span of time | write seconds or units: `90`, `90s`, `5m`, `1h30m`; at most 366 days",
            "4:14-4:15 bad-duration error `silence` is no span of time | write seconds or units: `90`, `90s`, `5m`, `1h30m`; at most 366 days",
            "5:22-5:26 bad-size error `memory` is no size | write bytes or units: `512MB`, `800MiB`, `1GB`, `1Gi`",
            "5:41-5:42 wrong-type error `cpu_percent` is a whole number from 1 to 1000000, not `0`",
            "5:52-5:54 bad-size error `output` is no size | write bytes or units: `512MB`, `800MiB`, `1GB`, `1Gi`",
            "6:15-6:19 bad-priority error `priority` is 0 to 100, `critical`, `high`, `medium` or `low` | did you mean `high`?",
            "7:27-7:28 wrong-type error `max_attempts` is a whole number from 1 to 1000, not `0`",
            "7:50-7:53 wrong-type error `backoff_multiplier` is a number from 1 to 1000, not `0.5`",
            "7:78-7:79 wrong-type error `initial_delay_seconds` is a number from 0 to 86400, not `x`",
            "8:13-8:19 wrong-type error `verify` is `strict` or absent, not `strikt` | did you mean `strict`?",
            "9:15-9:22 wrong-type error `on_error` is `fail` or `continue`, not `contine` | did you mean `continue`?",
            "10:19-10:20 wrong-type error `context_tier` is 1 to 4, or `TIER1` to `TIER4`, not `9`",
            "11:14-11:19 wrong-type error `repeats` is `true` or `false`, not `maybe`",
            "12:5-12:8 wrong-type error `env` is a list of names, not a mapping | list the names; the values come from the environment of whoever starts the run",
            "13:12-13:18 wrong-type error `needs` is a list, not a mapping",
            "14:12-14:15 wrong-type error `title` is text, not a list",
        ],
    );
    check(
        r"steps:
  - run: x
    env: [OK, 1BAD, 'A B']
    retry: 3
    scoring: {thresholds: {overall_min: high}}
    metadata: 5
    notes: {a: b}
    priority: 101
    backend: {a: b}
    condition: [a]
",
        &[
            "3:15-3:19 bad-name error `1BAD` is no name of an environment variable",
            "3:21-3:26 bad-name error `A B` is no name of an environment variable",
            "4:12-4:13 wrong-type error `retry` is a mapping, not `3`",
            "5:41-5:45 wrong-type error `overall_min` is a number, not `high`",
            "6:15-6:16 wrong-type error `metadata` is a mapping, not `5`",
            "7:12-7:18 wrong-type error `notes` is text, not a mapping",
            "8:15-8:18 bad-priority error `priority` is 0 to 100, `critical`, `high`, `medium` or `low`",
            "9:14-9:20 wrong-type error `backend` is a list, not a mapping",
            "10:16-10:19 wrong-type error `condition` is text, not a list",
        ],
    );
    check(
        r"id: my/flow
type: grenfield
schema_version: 3.0
max_parallel: 0
metadata: {auto_execution: perhaps}
steps:
  - run: x
",
        &[
            "1:5-1:12 bad-id error the id `my/flow` holds other characters than letters, digits, `.`, `_` and `-` | it names folders, branches and metrics of its runs",
            "2:7-2:16 unknown-value warning `type` is one of greenfield, brownfield, hybrid; `grenfield` has no effect | did you mean `greenfield`?",
            "3:17-3:20 unknown-value warning `schema_version` is one of 1.0, 2.0; `3.0` has no effect | did you mean `1.0`?",
            "4:15-4:16 wrong-type error `max_parallel` is a whole number from 1, not `0`",
            "5:28-5:35 wrong-type error `auto_execution` is `true` or `false`, not `perhaps`",
        ],
    );
}

#[test]
fn paths() {
    check(
        r"steps:
  - run: x
    creates: [/abs, ../up, ok.md, '', .git/x, a/../b]
    requires: [C:\x, ~/x]
",
        &[
            "3:15-3:19 bad-path error the path `/abs` is absolute; paths are relative to the worktree",
            "3:21-3:26 bad-path error the path `../up` leaves the worktree",
            "3:35-3:37 bad-path error the path `` names no file",
            "3:39-3:45 bad-path error the path `.git/x` lies in git's own folder",
            "3:47-3:53 bad-path error the path `a/../b` leaves the worktree",
            "4:16-4:20 bad-path error the path `C:\\x` is absolute; paths are relative to the worktree",
            "4:22-4:25 bad-path error the path `~/x` is absolute; paths are relative to the worktree",
        ],
    );
}

#[test]
fn ids() {
    check(
        r"steps:
  - {id: a b, run: x}
  - {id: .x, run: x}
  - {id: a..b, run: x}
  - {id: a.lock, run: x}
  - {id: -a, run: x}
  - {id: a., run: x}
  - {id: ä, run: x}
  - {id: '', run: x}
  - {id: a/b, run: x}
  - {id: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, run: x}
",
        &[
            "2:10-2:13 bad-id error the id `a b` holds other characters than letters, digits, `.`, `_` and `-` | for example `a-b`; ids name folders and branches",
            "3:10-3:12 bad-id error the id `.x` starts with `.` or `-` | for example `x`; ids name folders and branches",
            "4:10-4:14 bad-id error the id `a..b` holds `..` | for example `a-b`; ids name folders and branches",
            "5:10-5:16 bad-id error the id `a.lock` ends with `.lock` | for example `a-lock`; ids name folders and branches",
            "6:10-6:12 bad-id error the id `-a` starts with `.` or `-` | for example `a`; ids name folders and branches",
            "7:10-7:12 bad-id error the id `a.` ends with `.` | for example `a`; ids name folders and branches",
            "8:10-8:11 bad-id error the id `ä` holds other characters than letters, digits, `.`, `_` and `-`",
            "9:10-9:12 empty-value error `id` is empty",
            "10:10-10:13 bad-id error the id `a/b` holds other characters than letters, digits, `.`, `_` and `-` | for example `a-b`; ids name folders and branches",
            "11:10-11:75 bad-id error the id `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…` is longer than 64 characters | for example `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`; ids name folders and branches",
        ],
    );
    check(
        r"steps:
  - {id: aa, run: x}
  - {id: aa, run: x}
  - {id: AA, run: x}
",
        &[
            "3:10-3:12 duplicate-id error the id `aa` is taken by a step above | give each step an id of its own",
            "4:10-4:12 duplicate-id error the id `AA` differs from one above only in upper and lower case | some file systems take them for one name",
        ],
    );
}

#[test]
fn unknown_steps() {
    check(
        r"steps:
  - id: build
    run: x
  - id: test
    run: x
    needs: [biuld, nothing-like-it]
    next: tset
    gate: {on_pass: buidl, on_fail: x, condition: steps.biuld.status}
    condition: steps.bild.status == 'completed'
  - title: The Docs
    run: x
  - title: More Docs
    run: x
    needs: [The Docs, More Docs, more-doc]
    gate: {on_fail: more-doc, condition: steps.more-doc.status}
",
        &[
            "6:13-6:18 unknown-step error there is no step `biuld` | did you mean `build`?",
            "6:20-6:35 unknown-step error there is no step `nothing-like-it`",
            "7:11-7:15 unknown-step error there is no step `tset`",
            "8:21-8:26 unknown-step error there is no step `buidl` | did you mean `build`?",
            "8:37-8:38 unknown-step error there is no step `x`",
            "8:57-8:62 unknown-step error there is no step `biuld` | did you mean `build`?",
            "9:22-9:26 unknown-step error there is no step `bild` | did you mean `build`?",
            "14:13-14:21 unknown-step error there is no step `The Docs` | steps are named by their ids; this one's is `the-docs`",
            "14:23-14:32 unknown-step error there is no step `More Docs` | did you mean `the-docs`?",
            "14:34-14:42 unknown-step error there is no step `more-doc`",
            "15:21-15:29 unknown-step error there is no step `more-doc` | did you mean `more-docs`?",
            "15:48-15:56 unknown-step error there is no step `more-doc` | did you mean `more-docs`?",
        ],
    );
}

#[test]
fn conditions() {
    check(
        r#"steps:
  - run: x
    condition: prerequisites_mett
  - run: x
    condition: "true && ('a' == 'b'"
  - run: x
    condition: 'it''s'
  - run: x
    condition: |
      a = b
  - run: x
    gate: {condition: scoring.overall > 7}
"#,
        &[
            "3:16-3:34 bad-condition error `prerequisites_mett` is nothing a condition knows | did you mean `prerequisites_met`?",
            "5:36-5:36 bad-condition error a `)` is missing",
            "7:16-7:23 bad-condition error this text has no closing quote | end it with `'`",
            "10:7-11:3 bad-condition error `=` has no meaning in a condition | comparison is `==`",
            "12:39-12:40 bad-gate error `>` has no meaning in a condition | only `==` and `!=` compare",
        ],
    );
}

#[test]
fn cycles() {
    check(
        r"steps:
  - {id: a, run: x, needs: c}
  - {id: b, run: x, needs: a}
  - {id: c, run: x, needs: [b]}
  - {id: d, run: x, needs: [d, e]}
  - {id: e, run: x, needs: d}
  - {id: f, run: x, needs: [a, d]}
",
        &[
            "2:28-2:29 cycle error steps wait for each other in a circle: a -> c -> b -> a | `a -> b` means that `a` waits for `b`; take one of them away",
            "5:29-5:30 cycle error the step `d` waits for itself",
            "5:32-5:33 cycle error steps wait for each other in a circle: d -> e -> d | `a -> b` means that `a` waits for `b`; take one of them away",
        ],
    );
    check(
        r"steps:
  - {id: a, run: x, next: b}
  - {id: b, run: x, next: a}
",
        &[
            "3:27-3:28 cycle error steps wait for each other in a circle: a -> b -> a | `a -> b` means that `a` waits for `b`; take one of them away",
        ],
    );
    check(
        r"steps:
  - {id: a, run: x, requires: [b.md], creates: [a.md]}
  - {id: b, run: x, requires: [a.md], creates: [b.md]}
",
        &[
            "2:32-2:36 cycle error steps wait for each other in a circle: a -> b -> a | `a -> b` means that `a` waits for `b`; take one of them away",
        ],
    );
    check(
        r"steps:
  - {id: a, run: x, condition: steps.b.status == 'completed'}
  - {id: b, run: x}
",
        &[
            "2:38-2:39 cycle error steps wait for each other in a circle: a -> b -> a | `a -> b` means that `a` waits for `b`; take one of them away",
        ],
    );
}

#[test]
fn artifacts() {
    check(
        r"steps:
  - id: a
    run: x
    creates: [x.md, src/]
  - id: b
    run: x
    creates: [./x.md, src/]
    requires: [y.md]
  - id: c
    run: x
    needs: b
    creates: [x.md]
",
        &[
            "7:15-7:21 two-producers error `x.md` is created by the step `a`, too | give them two names, or let one step wait for the other with `needs`",
            "7:23-7:27 two-producers warning `src/` is created by the step `a`, too | changes of the same files would conflict",
            "8:16-8:20 no-producer warning no step creates `y.md` | it must be in the repository",
            "12:15-12:19 two-producers warning `x.md` is created by the step `b`, too | what comes later stays",
        ],
    );
}

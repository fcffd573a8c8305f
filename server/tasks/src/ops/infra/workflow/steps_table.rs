//! The rules about steps and scripts of workflows.

use super::super::super::check::{Check, Rule};
use super::steps;
use artifact::Severity::{Error, Info, Warning};

/// An example: a workflow with one job that has these steps.
macro_rules! steps {
    ($steps:literal) => {
        steps!("push", $steps)
    };
    ($on:literal, $steps:literal) => {
        concat!("on: ", $on, "\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    steps:\n", $steps)
    };
}

/// All of them.
pub(in super::super) const RULES: &[Rule] = &[
    Rule {
        id: "github-strangers-code",
        what: "a stranger's code is checked out with the repository's rights",
        severity: Error,
        reason: "`pull_request_target`, `workflow_run` and `issue_comment` run with secrets and a token that may write. One script of the pull request that is run by it has both.",
        help: "use `pull_request`; or check out the base only, and treat what the pull request brings as data",
        bad: steps!(
            "pull_request_target",
            "      - uses: actions/checkout@93cb6efe18208431cddfb8368fd83d5badbf9bfd\n        with:\n          persist-credentials: false\n          ref: »${{ github.event.pull_request.head.sha }}\n"
        ),
        good: steps!(
            "pull_request_target",
            "      - uses: actions/checkout@93cb6efe18208431cddfb8368fd83d5badbf9bfd\n        with:\n          persist-credentials: false\n"
        ),
        check: Check::Workflow(steps::strangers_code),
    },
    Rule {
        id: "github-injection",
        what: "a stranger's text becomes part of a script",
        severity: Error,
        reason: "The expression is filled in before the shell reads the script: a title like `$(…)` is then a command.",
        help: "give it by `env`, and use it as a variable in quotes",
        bad: steps!(
            "issues",
            "      - run: |\n          set -e\n          echo \"»${{ github.event.issue.title }}\"\n"
        ),
        good: steps!(
            "issues",
            "      - env:\n          TITLE: ${{ github.event.issue.title }}\n        run: echo \"$TITLE\"\n"
        ),
        check: Check::Workflow(steps::injection),
    },
    Rule {
        id: "github-printed-secret",
        what: "a secret is written to the log",
        severity: Error,
        reason: "Masking hides only the secret letter by letter; whatever changes it on the way shows it to all who can read logs.",
        help: "do not print it",
        bad: steps!("      - run: »echo ${{ secrets.DEPLOY_KEY }}\n"),
        good: steps!(
            "      - run: ./deploy\n        env:\n          DEPLOY_KEY: ${{ secrets.DEPLOY_KEY }}\n"
        ),
        check: Check::Workflow(steps::printed_secret),
    },
    Rule {
        id: "github-secret-in-script",
        what: "a secret becomes part of a script",
        severity: Info,
        reason: "It stands in the arguments of a process for all others to see, and characters in it can break the script.",
        help: "give it by `env`",
        bad: steps!("      - run: ./deploy --key »${{ secrets.DEPLOY_KEY }}\n"),
        good: steps!(
            "      - run: ./deploy\n        env:\n          DEPLOY_KEY: ${{ secrets.DEPLOY_KEY }}\n"
        ),
        check: Check::Workflow(steps::secret_in_script),
    },
    Rule {
        id: "github-all-secrets",
        what: "all secrets are given away at once",
        severity: Error,
        reason: "The step has also those that it does not need, and those that come later.",
        help: "name the ones that it needs",
        bad: steps!(
            "      - run: ./deploy\n        env:\n          ALL: »${{ toJSON(secrets) }}\n"
        ),
        good: steps!(
            "      - run: ./deploy\n        env:\n          KEY: ${{ secrets.DEPLOY_KEY }}\n"
        ),
        check: Check::Workflow(steps::whole_context),
    },
    Rule {
        id: "github-secret-env",
        what: "a secret in a workflow",
        severity: Error,
        reason: "Everybody who can read the repository, or its history, has it.",
        help: "keep it among the repository's secrets: `${{ secrets.NAME }}`",
        bad: steps!(
            "      - run: ./deploy\n        env:\n          »API_TOKEN: example-of-a-token\n"
        ),
        good: steps!(
            "      - run: ./deploy\n        env:\n          API_TOKEN: ${{ secrets.API_TOKEN }}\n"
        ),
        check: Check::Workflow(steps::literal_secret),
    },
    Rule {
        id: "github-loose-action",
        what: "an action of somebody else that is not pinned",
        severity: Warning,
        reason: "Tags and branches can be moved: whoever has the action's account has this workflow, its secrets and its token.",
        help: "name the commit, with the version in a comment: `owner/action@<40 hex digits> # v1.2.3`",
        bad: steps!("      - uses: »someone/action@v1\n"),
        good: steps!(
            "      - uses: someone/action@0123456789abcdef0123456789abcdef01234567 # v1\n"
        ),
        check: Check::Workflow(steps::loose_action),
    },
    Rule {
        id: "github-loose-own-action",
        what: "an action of GitHub's own that is not pinned",
        severity: Info,
        reason: "Its tag can be moved too; its owner is the one who runs the workflow anyway.",
        help: "name the commit, with the version in a comment",
        bad: steps!("      - uses: »actions/setup-node@v6\n"),
        good: steps!(
            "      - uses: actions/setup-node@0123456789abcdef0123456789abcdef01234567 # v6\n"
        ),
        check: Check::Workflow(steps::loose_own_action),
    },
    Rule {
        id: "github-gone-action",
        what: "a version of an action that does not work any more",
        severity: Error,
        reason: "The job fails, or does so from an announced day on.",
        help: "use the newest version",
        bad: steps!("      - uses: »actions/upload-artifact@v3\n"),
        good: steps!("      - uses: actions/upload-artifact@v5\n"),
        check: Check::Workflow(steps::gone_action),
    },
    Rule {
        id: "github-image-version",
        what: "an image without a version",
        severity: Warning,
        reason: "What runs tomorrow is something else, with this workflow's secrets.",
        help: "name a version, better a digest",
        bad: steps!("      - uses: »docker://alpine:latest\n"),
        good: steps!("      - uses: docker://alpine:3.22\n"),
        check: Check::Workflow(steps::loose_image),
    },
    Rule {
        id: "github-kept-credentials",
        what: "a checkout that leaves the token behind",
        severity: Info,
        reason: "Every later step, and every artifact that has `.git` in it, has the token.",
        help: "`persist-credentials: false`, unless a later step pushes",
        bad: steps!("      - uses: »actions/checkout@93cb6efe18208431cddfb8368fd83d5badbf9bfd\n"),
        good: steps!(
            "      - uses: actions/checkout@93cb6efe18208431cddfb8368fd83d5badbf9bfd\n        with: {persist-credentials: false}\n"
        ),
        check: Check::Workflow(steps::kept_credentials),
    },
    Rule {
        id: "github-stored-token",
        what: "a token is put into git's settings",
        severity: Warning,
        reason: "It lies there in the open for every later step.",
        help: "let `actions/checkout` have it (`token:`) where a later step pushes",
        bad: steps!("      - run: »git config --global credential.helper store\n"),
        good: steps!("      - run: git config --global user.name bot\n"),
        check: Check::Workflow(steps::stored_token),
    },
    Rule {
        id: "github-old-command",
        what: "a command to the runner that is not understood any more",
        severity: Warning,
        reason: "`set-env` and `add-path` are switched off, `set-output` and `save-state` are to follow: what they set is then empty.",
        help: "write to `$GITHUB_OUTPUT`, `$GITHUB_STATE`, `$GITHUB_ENV` or `$GITHUB_PATH`",
        bad: steps!("      - run: echo \"»::set-output name=a::b\"\n"),
        good: steps!("      - run: echo \"a=b\" >> \"$GITHUB_OUTPUT\"\n"),
        check: Check::Workflow(steps::old_command),
    },
    Rule {
        id: "github-old-commands-allowed",
        what: "old commands to the runner are allowed again",
        severity: Error,
        reason: "Whatever a program prints can then set variables and paths of later steps.",
        help: "take `ACTIONS_ALLOW_UNSECURE_COMMANDS` out",
        bad: steps!(
            "      - run: ./build\n        env:\n          »ACTIONS_ALLOW_UNSECURE_COMMANDS: \"true\"\n"
        ),
        good: steps!("      - run: ./build\n        env:\n          MODE: fast\n"),
        check: Check::Workflow(steps::old_commands_allowed),
    },
    Rule {
        id: "github-pipe-shell",
        what: "a script from the network is run as it comes",
        severity: Warning,
        reason: "Whoever has the server, or a part of the way to it, has this workflow's secrets.",
        help: "download it, compare its checksum, then run it; or use a pinned action",
        bad: steps!("      - run: »curl -fsSL https://example.org/install.sh | bash\n"),
        good: steps!(
            "      - run: curl -fsSLo i.sh https://example.org/install.sh && sha256sum -c i.sum && bash i.sh\n"
        ),
        check: Check::Workflow(steps::pipe_to_shell),
    },
    Rule {
        id: "github-tls-off",
        what: "certificates are not checked",
        severity: Warning,
        reason: "Everybody on the way can send something else.",
        help: "install the authority's certificate instead",
        bad: steps!("      - run: »wget --no-check-certificate https://example.org/a\n"),
        good: steps!("      - run: wget https://example.org/a\n"),
        check: Check::Workflow(steps::tls_off),
    },
];

//! The table of built-in tasks: names as our own workflows have them, and as those of TappsCodingAgents do.

use super::context;
use super::{Becomes, BuiltIn, Group, Leaves, Param};

pub(super) const fn leaves(path: &'static str, kind: &'static str) -> Leaves {
    Leaves { path, kind }
}

pub(super) const fn flag(name: &'static str, flag: &'static str) -> Param {
    Param {
        name,
        becomes: Becomes::Flag(flag),
    }
}

pub(super) const fn option(name: &'static str, option: &'static str) -> Param {
    Param {
        name,
        becomes: Becomes::Option(option),
    }
}

pub(super) const fn operand(name: &'static str) -> Param {
    Param {
        name,
        becomes: Becomes::Operand,
    }
}

const fn operands(name: &'static str) -> Param {
    Param {
        name,
        becomes: Becomes::Operands,
    }
}

const DOCS: BuiltIn = BuiltIn {
    group: Group::Docs,
    operation: "",
    meaning: "Says what is documented and what not, checks pages, and writes an API reference.",
    actions: &["document", "generate-docs"],
    leaves: &[leaves("reports/docs/coverage.json", "documentation")],
    params: &[
        operand("target"),
        operand("file"),
        flag("check", "--check"),
        flag("links", "--links"),
        flag("strict", "--strict"),
    ],
    secrets: &[],
    judgement: "Write the documentation that is missing, at the places that it names, and mend what it says is wrong: say what \
                a caller has to know and the code does not show.",
};

const SCAN: BuiltIn = BuiltIn {
    group: Group::Ops,
    operation: "scan",
    meaning: "Looks for secrets in files and in history.",
    actions: &["security-scan", "scan", "secret-scan"],
    leaves: &[leaves("reports/ops/security-report.json", "security-scan")],
    params: &[
        operands("target"),
        operands("paths"),
        option("history", "--history"),
        option("allow", "--allow"),
        flag("strict", "--strict"),
    ],
    secrets: &[],
    judgement: "Judge each finding: say which are real and what to do about them, and look for weaknesses that no pattern \
                finds, such as missing checks of input, of who asks, or of what is let through.",
};

const AUDIT: BuiltIn = BuiltIn {
    group: Group::Ops,
    operation: "audit",
    meaning: "Looks for known vulnerabilities in the packages that lockfiles pin, and lists them with their licences.",
    actions: &["dependency-audit", "audit", "audit-dependencies"],
    leaves: &[leaves(
        "reports/ops/dependency-audit.json",
        "dependency-audit",
    )],
    params: &[
        flag("update", "--update"),
        flag("online", "--online"),
        flag("tools", "--tools"),
        option("exclude", "--exclude"),
        option("ignore", "--ignore"),
        option("allow-license", "--allow-license"),
        option("deny-license", "--deny-license"),
        flag("strict", "--strict"),
    ],
    secrets: &[],
    judgement: "Judge each advisory: say whether the project can be reached by it, and update the packages where that breaks \
                nothing.",
};

const INFRA: BuiltIn = BuiltIn {
    group: Group::Ops,
    operation: "infra",
    meaning: "Checks container files, manifests and pipelines.",
    actions: &["infra-setup", "infrastructure-setup", "infra"],
    leaves: &[leaves(
        "reports/ops/infrastructure-report.json",
        "infrastructure",
    )],
    params: &[
        operands("target"),
        operands("paths"),
        option("allow", "--allow"),
        option("ignore", "--ignore"),
        flag("strict", "--strict"),
    ],
    secrets: &[],
    judgement: "Mend what the findings name, and set up what the project needs to be built and run and does not have: a \
                container file, a pipeline.",
};

const COMPLIANCE: BuiltIn = BuiltIn {
    group: Group::Ops,
    operation: "compliance",
    meaning: "Checks what a repository should have, and should not have.",
    actions: &["compliance", "compliance-check"],
    leaves: &[leaves("reports/ops/compliance-report.json", "compliance")],
    params: &[
        operands("target"),
        operands("paths"),
        option("framework", "--framework"),
        option("allow", "--allow"),
        option("ignore", "--ignore"),
        flag("strict", "--strict"),
    ],
    secrets: &[],
    judgement: "Judge what no rule can see: whether data of persons is handled as it must be, and whether what is written \
                down is what is done.",
};

const OPS: BuiltIn = BuiltIn {
    group: Group::Ops,
    operation: "",
    meaning: "Does all operations, one after the other.",
    actions: &["all"],
    leaves: &[
        SCAN.leaves[0],
        AUDIT.leaves[0],
        INFRA.leaves[0],
        COMPLIANCE.leaves[0],
    ],
    params: &[option("allow", "--allow"), flag("strict", "--strict")],
    secrets: &[],
    judgement: "Judge the findings of all reports: say which are real and what to do first.",
};

/// Every built-in task.
pub const TABLE: &[BuiltIn] = {
    let [a, b, c, d, e, f, g, h] = context::ALL;
    &[
        DOCS, SCAN, AUDIT, INFRA, COMPLIANCE, OPS, a, b, c, d, e, f, g, h,
    ]
};

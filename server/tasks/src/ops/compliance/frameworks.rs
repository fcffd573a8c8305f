//! Which rules are evidence for which sections of a framework. Few rules are: a repository shows how it is looked after, not
//! what an organisation does. A framework selects these rules and names the sections; it proves compliance with nothing.

/// A framework.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Framework {
    /// As `--framework` names it.
    pub name: &'static str,
    /// What it is.
    pub title: &'static str,
    /// Sections for which a repository can show something.
    pub sections: &'static [Section],
}

/// A section of a framework.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// How it is cited.
    pub name: &'static str,
    /// What it asks for, in a few words.
    pub title: &'static str,
    /// Rules whose findings speak against it.
    pub rules: &'static [&'static str],
}

const SECRETS: &[&str] = &["repo-env", "repo-key", "repo-env-not-ignored"];
const DATA: &[&str] = &["repo-data", "repo-log"];
const CHANGES: &[&str] = &[
    "repo-no-owners",
    "repo-owners-syntax",
    "repo-owners-nothing",
    "repo-no-checks",
    "repo-wide-token",
    "repo-no-contributing",
];
const SUPPLY: &[&str] = &[
    "repo-no-lock",
    "repo-product",
    "repo-large",
    "repo-plain-submodule",
];

/// All of them. `general` has all rules.
pub const FRAMEWORKS: &[Framework] = &[
    Framework {
        name: "general",
        title: "what is good practice for any repository: all rules",
        sections: &[],
    },
    Framework {
        name: "gdpr",
        title: "General Data Protection Regulation (EU) 2016/679",
        sections: &[
            Section {
                name: "Art. 5(1)(c)",
                title: "no more personal data than is needed",
                rules: DATA,
            },
            Section {
                name: "Art. 32(1)(b)",
                title: "lasting confidentiality and integrity of systems",
                rules: SECRETS,
            },
            Section {
                name: "Art. 32(1)(d)",
                title: "a process that tests the measures regularly",
                rules: &["repo-no-checks", "repo-no-updates", "repo-no-security"],
            },
        ],
    },
    Framework {
        name: "hipaa",
        title: "HIPAA Security Rule, 45 CFR part 164, subpart C",
        sections: &[
            Section {
                name: "164.308(a)(1)(ii)(B)",
                title: "risks are reduced",
                rules: &["repo-no-updates", "repo-no-lock"],
            },
            Section {
                name: "164.308(a)(6)",
                title: "a way to report incidents",
                rules: &["repo-no-security", "repo-no-contact"],
            },
            Section {
                name: "164.312(a)(1)",
                title: "access only for those who have a right to it",
                rules: &[
                    "repo-env",
                    "repo-key",
                    "repo-env-not-ignored",
                    "repo-data",
                    "repo-log",
                ],
            },
            Section {
                name: "164.312(c)(1)",
                title: "protection from improper change",
                rules: CHANGES,
            },
        ],
    },
    Framework {
        name: "soc2",
        title: "SOC 2, Trust Services Criteria (2017)",
        sections: &[
            Section {
                name: "CC2.3",
                title: "outsiders can report what matters",
                rules: &["repo-no-security", "repo-no-contact"],
            },
            Section {
                name: "CC6.1",
                title: "logical access is restricted",
                rules: SECRETS,
            },
            Section {
                name: "CC6.8",
                title: "software that nobody authorised is kept out",
                rules: SUPPLY,
            },
            Section {
                name: "CC7.1",
                title: "new vulnerabilities are detected",
                rules: &["repo-no-updates"],
            },
            Section {
                name: "CC8.1",
                title: "changes are authorised, tested and approved",
                rules: CHANGES,
            },
            Section {
                name: "C1.1",
                title: "confidential information is protected",
                rules: DATA,
            },
        ],
    },
];

impl Framework {
    /// The one of this name.
    pub fn of(name: &str) -> Option<&'static Self> {
        FRAMEWORKS.iter().find(|framework| framework.name == name)
    }

    /// Whether it has a rule.
    pub(super) fn has(&self, rule: &str) -> bool {
        self.sections.is_empty()
            || self
                .sections
                .iter()
                .any(|section| section.rules.contains(&rule))
    }

    /// The sections for which a rule is evidence.
    pub(super) fn sections_of(&self, rule: &str) -> Vec<&'static str> {
        let with = self
            .sections
            .iter()
            .filter(|section| section.rules.contains(&rule));
        with.map(|section| section.name).collect()
    }
}

//! What secrets look like. One row each; the patterns are of the issuers' published token formats.
//!
//! The first group of a pattern is the secret; what surrounds it is only there to be sure.

use super::rules::{Rule, Strength};

const REVOKE: &str = "revoke it at its issuer, then take it out of the file and its history; read it from the environment";
const CHANGE: &str =
    "change it, then take it out of the file and its history; read it from the environment";

/// A rule whose format is enough.
const fn format(
    id: &'static str,
    what: &'static str,
    words: &'static [&'static str],
    pattern: &'static str,
) -> Rule {
    Rule {
        id,
        what,
        words,
        pattern,
        entropy: 0.0,
        strength: Strength::Format,
        help: REVOKE,
    }
}

/// A rule that needs a random value.
const fn random(
    id: &'static str,
    what: &'static str,
    words: &'static [&'static str],
    pattern: &'static str,
    entropy: f64,
) -> Rule {
    Rule {
        entropy,
        ..format(id, what, words, pattern)
    }
}

/// All rules. Of two that catch the same text the first one counts.
pub const RULES: &[Rule] = &[
    Rule {
        id: "private-key",
        what: "a private key",
        words: &["private key"],
        pattern: r"(-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)",
        entropy: 0.0,
        strength: Strength::Armor,
        help: "make a new key, and keep it out of the repository",
    },
    format(
        "age-key",
        "an age identity",
        &["age-secret-key-1"],
        r"\b(AGE-SECRET-KEY-1[0-9A-Z]{58})\b",
    ),
    format(
        "aws-access-key-id",
        "an AWS access key id",
        &["akia", "asia", "abia", "acca"],
        r"\b((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\b",
    ),
    random(
        "aws-secret-access-key",
        "an AWS secret access key",
        &["aws"],
        r#"(?i)aws[a-z0-9_.\s-]{0,20}(?:secret|sk)[a-z0-9_.\s-]{0,20}["']?\s*(?:=>|:=|=|:|,)\s*["']?([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)"#,
        4.0,
    ),
    format(
        "anthropic-key",
        "an Anthropic key",
        &["sk-ant-"],
        r"\b(sk-ant-[a-z]+[0-9]{2}-[A-Za-z0-9_-]{32,})",
    ),
    format(
        "openai-key",
        "an OpenAI key",
        &["sk-proj-", "sk-svcacct-", "sk-admin-", "t3blbkfj"],
        r"\b(sk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{16,}T3BlbkFJ[A-Za-z0-9]{16,}))",
    ),
    random(
        "sk-key",
        "a secret key (sk-…)",
        &["sk-"],
        r"\b(sk-[A-Za-z0-9]{32,})\b",
        3.5,
    ),
    format(
        "github-token",
        "a GitHub token",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
        r"\b(gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{40,})\b",
    ),
    format(
        "gitlab-token",
        "a GitLab token",
        &["glpat-", "gldt-", "glrt-", "glptt-", "glcbt-"],
        r"\b(gl(?:pat|dt|rt|ptt|cbt)-[A-Za-z0-9_.=-]{20,})",
    ),
    format(
        "slack-token",
        "a Slack token",
        &["xoxa-", "xoxb-", "xoxp-", "xoxr-", "xoxs-", "xoxe", "xapp-"],
        r"\b((?:xox[abeprs]|xapp)(?:\.xox[bp])?-[A-Za-z0-9-]{16,})",
    ),
    format(
        "slack-webhook",
        "the address of a Slack webhook",
        &["hooks.slack.com"],
        r"(hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9]{6,}/[A-Za-z0-9]{6,}/[A-Za-z0-9]{16,})",
    ),
    format(
        "discord-webhook",
        "the address of a Discord webhook",
        &["api/webhooks/"],
        r"(discord(?:app)?\.com/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,})",
    ),
    format(
        "stripe-key",
        "a Stripe key",
        &["sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"],
        r"\b((?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9]{32,})\b",
    ),
    format(
        "google-key",
        "a Google API key",
        &["aiza"],
        r"\b(AIza[A-Za-z0-9_-]{35})(?:[^A-Za-z0-9_-]|$)",
    ),
    format(
        "google-oauth-secret",
        "a Google OAuth secret",
        &["gocspx-", "ya29."],
        r"\b(GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{40,})",
    ),
    format(
        "azure-storage-key",
        "an Azure storage key",
        &["accountkey="],
        r"(?i)AccountKey=([A-Za-z0-9+/]{86}==)",
    ),
    format(
        "azure-client-secret",
        "an Azure client secret",
        &["8q~"],
        r"([A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{31,34})(?:[^A-Za-z0-9_~.-]|$)",
    ),
    format(
        "npm-token",
        "an npm token",
        &["npm_"],
        r"\b(npm_[A-Za-z0-9]{36})\b",
    ),
    format(
        "pypi-token",
        "a PyPI token",
        &["pypi-ageichlwas"],
        r"\b(pypi-AgEIcHlwaS[A-Za-z0-9_-]{50,})",
    ),
    format(
        "crates-io-token",
        "a crates.io token",
        &["cio"],
        r"\b(cio[A-Za-z0-9]{32})\b",
    ),
    format(
        "rubygems-key",
        "a RubyGems key",
        &["rubygems_"],
        r"\b(rubygems_[a-f0-9]{48})\b",
    ),
    format(
        "docker-token",
        "a Docker Hub token",
        &["dckr_pat_", "dckr_oat_"],
        r"\b(dckr_[po]at_[A-Za-z0-9_-]{27,})",
    ),
    format(
        "vault-token",
        "a Vault token",
        &["hvs.", "hvb."],
        r"\b(hv[sb]\.[A-Za-z0-9_-]{24,})",
    ),
    format(
        "terraform-token",
        "a Terraform Cloud token",
        &[".atlasv1."],
        r"\b([A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,})",
    ),
    format(
        "digitalocean-token",
        "a DigitalOcean token",
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        r"\b(do[opr]_v1_[a-f0-9]{64})\b",
    ),
    format(
        "heroku-key",
        "a Heroku key",
        &["hrku-"],
        r"\b(HRKU-[A-Za-z0-9_-]{36,})",
    ),
    format(
        "sendgrid-key",
        "a SendGrid key",
        &["sg."],
        r"\b(SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64})\b",
    ),
    random(
        "twilio-key",
        "a Twilio key",
        &["twilio"],
        r"(?i:twilio)[^\n]{0,40}\b(SK[0-9a-f]{32}|[0-9a-f]{32})\b",
        3.0,
    ),
    random(
        "mailgun-key",
        "a Mailgun key",
        &["mailgun"],
        r"(?i:mailgun)[^\n]{0,40}\b(key-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})\b",
        3.0,
    ),
    format(
        "telegram-token",
        "a Telegram bot token",
        &[":aa"],
        r"\b([0-9]{8,10}:AA[A-Za-z0-9_-]{33})(?:[^A-Za-z0-9_-]|$)",
    ),
    format(
        "discord-token",
        "a Discord bot token",
        &["discord"],
        r#"(?i:discord)[^\n]{0,40}["'=\s]([MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40})"#,
    ),
    format(
        "shopify-token",
        "a Shopify token",
        &["shpat_", "shpca_", "shppa_", "shpss_"],
        r"\b(shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32})\b",
    ),
    format(
        "square-token",
        "a Square token",
        &["sq0atp-", "sq0csp-", "eaaa"],
        r"\b(sq0(?:atp|csp)-[A-Za-z0-9_-]{22,43}|EAAA[A-Za-z0-9_-]{60})(?:[^A-Za-z0-9_-]|$)",
    ),
    format(
        "linear-key",
        "a Linear key",
        &["lin_api_"],
        r"\b(lin_api_[A-Za-z0-9]{40})\b",
    ),
    format(
        "notion-token",
        "a Notion token",
        &["ntn_"],
        r"\b(ntn_[A-Za-z0-9]{40,50})\b",
    ),
    format(
        "databricks-token",
        "a Databricks token",
        &["dapi"],
        r"\b(dapi[a-f0-9]{32})(?:-[0-9])?\b",
    ),
    format(
        "huggingface-token",
        "a Hugging Face token",
        &["hf_"],
        r"\b(hf_[A-Za-z]{34})\b",
    ),
    format(
        "grafana-token",
        "a Grafana token",
        &["glc_", "glsa_"],
        r"\b(glc_[A-Za-z0-9+/]{32,}={0,2}|glsa_[A-Za-z0-9]{32}_[a-f0-9]{8})",
    ),
    format(
        "postman-key",
        "a Postman key",
        &["pmak-"],
        r"\b(PMAK-[a-f0-9]{24}-[a-f0-9]{34})\b",
    ),
    format(
        "newrelic-key",
        "a New Relic key",
        &["nrak-", "nrii-", "nrjs-"],
        r"\b(NR(?:AK|II|JS)-[A-Za-z0-9_-]{19,42})",
    ),
    format(
        "sentry-token",
        "a Sentry token",
        &["sntrys_", "sntryu_"],
        r"\b(sntry[su]_[A-Za-z0-9+/=_-]{40,})",
    ),
    format(
        "doppler-token",
        "a Doppler token",
        &["dp.pt.", "dp.st.", "dp.sa."],
        r"\b(dp\.(?:pt|sa|st)(?:\.[a-z0-9_-]+)?\.[A-Za-z0-9]{40,44})\b",
    ),
    format(
        "supabase-token",
        "a Supabase token",
        &["sbp_"],
        r"\b(sbp_[a-f0-9]{40})\b",
    ),
    format(
        "context7-key",
        "a Context7 key",
        &["ctx7sk"],
        r"\b(ctx7sk-[A-Za-z0-9-]{20,})",
    ),
    random(
        "jwt",
        "a JSON web token",
        &["eyj"],
        r"\b(eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,})",
        3.5,
    ),
    Rule {
        id: "url-password",
        what: "a password in an address",
        words: &["://"],
        pattern: r#"\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s:/@"'<>{}$]{0,64}:([^\s:/@"'<>{}$]{3,128})@[A-Za-z0-9\[]"#,
        entropy: 1.5,
        strength: Strength::Context,
        help: CHANGE,
    },
    Rule {
        id: "authorization-header",
        what: "a credential in a header",
        words: &["bearer", "authorization"],
        pattern: r#"(?i)(?:authorization["']?\s*[:=]\s*["']?(?:basic|token)|\bbearer)\s+([A-Za-z0-9._~+/=-]{20,})"#,
        entropy: 3.5,
        strength: Strength::Context,
        help: REVOKE,
    },
    Rule {
        id: "password",
        what: "a password",
        words: &["passw", "pwd"],
        pattern: ASSIGNED_PASSWORD,
        entropy: 2.4,
        strength: Strength::Context,
        help: CHANGE,
    },
    Rule {
        id: "assigned-secret",
        what: "a secret",
        words: &[
            "secret",
            "token",
            "api_key",
            "api-key",
            "apikey",
            "access_key",
            "access-key",
            "accesskey",
            "private_key",
            "private-key",
            "privatekey",
            "credential",
            "auth_key",
            "authkey",
            "encryption_key",
            "signing_key",
            "client_key",
        ],
        pattern: ASSIGNED_SECRET,
        entropy: 3.2,
        strength: Strength::Context,
        help: REVOKE,
    },
];

/// `password = "…"`, `DB_PWD: …`, `--password …`: quoted values of any kind, bare ones without blanks.
const ASSIGNED_PASSWORD: &str = r#"(?i)(?:passw(?:or)?d|passwd|pwd)[a-z0-9_]{0,16}["'\]]{0,2}\s*(?:=>|:=|=|:|\s)\s*(?:"([^"\n]{6,128})"|'([^'\n]{6,128})'|([^\s"'`,;(){}\[\]<>]{6,128}))"#;
const ASSIGNED_SECRET: &str = r#"(?i)(?:secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|(?:auth|encryption|signing|client)_?key)[a-z0-9_]{0,16}["'\]]{0,2}\s*(?:=>|:=|=|:)\s*(?:"([^"\n]{8,256})"|'([^'\n]{8,256})'|([^\s"'`,;(){}\[\]<>]{8,256}))"#;

//! What the rules about instructions look for.

use super::super::super::check::{Hits, is_literal, is_secret_name, name, pattern};
use super::super::{images, shell};
use super::parse::{Dockerfile, Instruction};
use regex::Regex;
use std::sync::LazyLock;

impl Dockerfile {
    pub(super) fn each<'d>(&'d self, name: &'d str) -> impl Iterator<Item = &'d Instruction> {
        let all = self.instructions.iter();
        all.filter(move |instruction| instruction.name == name)
    }

    /// Instructions of what becomes the image: the last stage.
    pub(super) fn last(&self) -> &[Instruction] {
        let range = self.stages.last().map(|stage| stage.instructions.clone());
        range
            .and_then(|range| self.instructions.get(range))
            .unwrap_or_default()
    }
}

pub(super) fn loose_base(file: &Dockerfile, hits: &mut Hits) {
    for stage in &file.stages {
        let given = stage.of_stage.is_none() && stage.base != "scratch";
        if let Some(sentence) = Some(&stage.base)
            .filter(|_| given)
            .and_then(|base| images::loose(base))
        {
            hits.at(stage.place, sentence);
        }
    }
}

/// The last `USER` of a stage, or of the stage that it builds on.
fn user(file: &Dockerfile, stage: usize) -> Option<&super::words::Word> {
    let stage = file.stages.get(stage)?;
    let own = file.instructions.get(stage.instructions.clone())?.iter();
    let own = own
        .rev()
        .find(|instruction| instruction.name == "USER")
        .and_then(|instruction| instruction.words.first());
    own.or_else(|| user(file, stage.of_stage?))
}

pub(super) fn root_user(file: &Dockerfile, hits: &mut Hits) {
    let Some(last) = file.stages.len().checked_sub(1) else {
        return;
    };
    if let Some(word) = user(file, last)
        && matches!(word.text.split(':').next(), Some("root" | "0"))
    {
        hits.at(word.place, "the container runs as root");
    }
}

pub(super) fn no_user(file: &Dockerfile, hits: &mut Hits) {
    let Some(last) = file.stages.last() else {
        return;
    };
    let unprivileged = ["nonroot", "rootless", "unprivileged"];
    if user(file, file.stages.len() - 1).is_none()
        && !unprivileged.iter().any(|word| last.base.contains(word))
        && starts(file)
    {
        hits.at(
            last.place,
            "nobody says as whom it runs: mostly that is root",
        );
    }
}

/// Whether its image is there to be started.
fn starts(file: &Dockerfile) -> bool {
    let last = file.last().iter();
    last.into_iter()
        .any(|one| matches!(one.name.as_str(), "CMD" | "ENTRYPOINT"))
}

pub(super) fn secret_in_environment(file: &Dockerfile, hits: &mut Hits) {
    for instruction in file.each("ENV") {
        let words = &instruction.words;
        // The old form: one name, and all the rest is its value.
        let old = words.first().is_some_and(|word| !word.text.contains('='));
        let pairs: Vec<(&str, &str, _)> = match words.as_slice() {
            [name, value, ..] if old => vec![(&name.text, &value.text, name.place)],
            words => words
                .iter()
                .filter_map(|word| {
                    let (name, value) = word.text.split_once('=')?;
                    Some((name, value, word.place))
                })
                .collect(),
        };
        for (key, value, place) in pairs {
            if is_secret_name(key) && is_literal(value) {
                hits.at(
                    place,
                    format!(
                        "the value of `{}` is in the image for everybody to read",
                        name(key)
                    ),
                );
            }
        }
    }
}

pub(super) fn secret_argument(file: &Dockerfile, hits: &mut Hits) {
    for word in file.each("ARG").flat_map(|instruction| &instruction.words) {
        let key = word.text.split('=').next().unwrap_or_default();
        if is_secret_name(key) {
            hits.at(
                word.place,
                format!(
                    "the build argument `{}` stays in the image's history",
                    name(key)
                ),
            );
        }
    }
}

/// Commands of `RUN`, by what finds something in them.
fn commands(
    file: &Dockerfile,
    hits: &mut Hits,
    message: &str,
    find: impl Fn(&Instruction) -> Option<std::ops::Range<usize>>,
) {
    for run in file.each("RUN") {
        if let Some(found) = find(run) {
            hits.at(run.text.place(found.start, found.end), message);
        }
    }
}

pub(super) fn pipe_to_shell(file: &Dockerfile, hits: &mut Hits) {
    let message = "something from the network is run without having been looked at";
    commands(file, hits, message, |run| shell::piped(&run.text.text));
}

pub(super) fn tls_off(file: &Dockerfile, hits: &mut Hits) {
    let message = "certificates are not checked";
    commands(file, hits, message, |run| shell::unchecked(&run.text.text));
}

/// A rule that finds a pattern in `RUN`, where another one does not stand beside it.
macro_rules! in_run {
    ($name:ident, $pattern:literal, $unless:expr, $message:literal) => {
        pub(super) fn $name(file: &Dockerfile, hits: &mut Hits) {
            static FIND: LazyLock<Regex> = LazyLock::new(|| pattern($pattern));
            let unless: fn(&str) -> bool = $unless;
            commands(file, hits, $message, |run| {
                let text = &run.text.text;
                let flags = run
                    .flags
                    .iter()
                    .any(|flag| flag.text.contains("type=cache"));
                let found = FIND.find(text).map(|found| found.range());
                found.filter(|_| !unless(text) && !(flags && stringify!($name).ends_with("cache")))
            });
        }
    };
}

in_run!(
    apt_lists_cache,
    r"\bapt(?:-get)?\s+(?:-\S+\s+)*install\b",
    |text| text.contains("/var/lib/apt/lists"),
    "the lists of packages stay in the image"
);
in_run!(
    apt_recommends,
    r"\bapt(?:-get)?\s+(?:-\S+\s+)*install\b",
    |text| text.contains("--no-install-recommends") || text.contains("Install-Recommends"),
    "packages that are only recommended are installed too"
);
in_run!(
    apt_asks,
    r"\bapt(?:-get)?\s+(?:-\S+\s+)*install\b",
    |text| {
        static YES: LazyLock<Regex> = LazyLock::new(|| {
            pattern(r"\s(?:-[a-zA-Z]*y[a-zA-Z]*|-qq+|--yes|--assume-yes)(?:\s|$)")
        });
        YES.is_match(text)
    },
    "it waits for an answer that nobody gives"
);
in_run!(
    upgrade,
    r"\b(?:apt(?:-get)?\s+(?:-\S+\s+)*(?:dist-upgrade|full-upgrade|upgrade)|apk\s+(?:-\S+\s+)*upgrade|(?:yum|dnf)\s+(?:-\S+\s+)*(?:update|upgrade))\b",
    |_| false,
    "what is in the image depends on the day on which it was built"
);
in_run!(
    sudo,
    r"(?:^|[;&|\n(]|\s)sudo\s",
    |text| {
        static INSTALL: LazyLock<Regex> =
            LazyLock::new(|| pattern(r"\b(?:install|add)\b[^;&|]*\ssudo\b"));
        INSTALL.is_match(text)
    },
    "sudo is used while the image is built"
);
in_run!(
    open_to_all,
    r"\bchmod\s+(?:-\S+\s+)*(?:0?777|a\+rwx|ugo\+rwx)\b",
    |_| false,
    "everybody in the container may write there"
);
in_run!(
    pip_cache,
    r"\bpip[0-9.]*\s+install\b",
    |text| text.contains("--no-cache-dir") || text.contains("PIP_NO_CACHE_DIR"),
    "what was downloaded stays in the image"
);
in_run!(
    apk_cache,
    r"\bapk\s+(?:-\S+\s+)*add\b",
    |text| text.contains("--no-cache") || text.contains("/var/cache/apk"),
    "the index of packages stays in the image"
);

pub(super) fn insecure_run(file: &Dockerfile, hits: &mut Hits) {
    for run in file.each("RUN") {
        if run.flag("security") == Some("insecure") {
            hits.at(
                run.place,
                "the command runs with all rights of the machine that builds",
            );
        }
    }
}

pub(super) fn host_network(file: &Dockerfile, hits: &mut Hits) {
    for run in file.each("RUN") {
        if run.flag("network") == Some("host") {
            hits.at(
                run.place,
                "the command is in the network of the machine that builds",
            );
        }
    }
}

pub(super) fn no_health_check(file: &Dockerfile, hits: &mut Hits) {
    let Some(last) = file.stages.last() else {
        return;
    };
    let has = file.last().iter().any(|one| one.name == "HEALTHCHECK");
    if starts(file) && !has {
        hits.at(
            last.place,
            "nobody can ask the container whether it is well",
        );
    }
}

pub(super) fn low_port(file: &Dockerfile, hits: &mut Hits) {
    for (word, port) in ports(file) {
        if port < 1024 && port != 22 {
            hits.at(
                word.place,
                format!("the port {port} is one that only root may open"),
            );
        }
    }
}

pub(super) fn ssh_port(file: &Dockerfile, hits: &mut Hits) {
    for (word, port) in ports(file) {
        if port == 22 {
            hits.at(word.place, "the container offers SSH");
        }
    }
}

fn ports(file: &Dockerfile) -> Vec<(&super::words::Word, u16)> {
    let words = file.each("EXPOSE").flat_map(|one| &one.words);
    words
        .filter_map(|word| Some((word, word.text.split('/').next()?.parse().ok()?)))
        .collect()
}

pub(super) fn relative_folder(file: &Dockerfile, hits: &mut Hits) {
    for word in file.each("WORKDIR").filter_map(|one| one.words.first()) {
        let windows = word
            .text
            .get(1..3)
            .is_some_and(|rest| rest.starts_with(':'));
        if !word.text.starts_with(['/', '$']) && !windows {
            hits.at(word.place, "where this folder is depends on the one before");
        }
    }
}

pub(super) fn shell_form(file: &Dockerfile, hits: &mut Hits) {
    for name in ["CMD", "ENTRYPOINT"] {
        for one in file.each(name) {
            let exec = one.words.first().is_some_and(|word| word.text == "exec");
            if !one.list && !one.words.is_empty() && !exec {
                hits.at(
                    one.place,
                    format!("`{name}` starts a shell, which does not pass on signals"),
                );
            }
        }
    }
}

pub(super) fn several_commands(file: &Dockerfile, hits: &mut Hits) {
    for stage in &file.stages {
        let all = file
            .instructions
            .get(stage.instructions.clone())
            .unwrap_or_default();
        for name in ["CMD", "ENTRYPOINT", "HEALTHCHECK"] {
            let mut of_name = all.iter().filter(|one| one.name == name).rev();
            of_name.next();
            for one in of_name {
                hits.at(
                    one.place,
                    format!("only the last `{name}` counts; this one does nothing"),
                );
            }
        }
    }
}

pub(super) fn maintainer(file: &Dockerfile, hits: &mut Hits) {
    for one in file.each("MAINTAINER") {
        hits.at(one.place, "`MAINTAINER` is not used any more");
    }
}

pub(super) fn unknown(file: &Dockerfile, hits: &mut Hits) {
    const KNOWN: [&str; 18] = [
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ];
    for one in &file.instructions {
        if !KNOWN.contains(&one.name.as_str()) {
            hits.at(one.place, "there is no such instruction");
        }
    }
}

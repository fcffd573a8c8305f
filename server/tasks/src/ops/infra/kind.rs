//! What a file is, by its name and, for manifests, by its text.

use super::super::check::Group;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Of(Group),
    /// A manifest if its text says so.
    Perhaps,
    /// Nothing that is looked at.
    Other,
}

impl Kind {
    pub(super) fn of(path: &str) -> Self {
        let lower = path.to_ascii_lowercase();
        let name = lower.rsplit('/').next().unwrap_or(&lower);
        let yaml = name.ends_with(".yaml") || name.ends_with(".yml");
        let docker = ["dockerfile", "containerfile"].iter().any(|kind| {
            let rest = name.strip_prefix(kind);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                || name.ends_with(&format!(".{kind}"))
        });
        if docker && !name.ends_with(".dockerignore") {
            return Self::Of(Group::Dockerfile);
        }
        if !yaml {
            return Self::Other;
        }
        let compose = ["compose", "docker-compose"].iter().any(|kind| {
            let rest = name.strip_prefix(kind);
            rest.is_some_and(|rest| rest.starts_with(['.', '-']))
        });
        let below =
            |folder: &str| lower.starts_with(folder) || lower.contains(&format!("/{folder}"));
        if below(".github/workflows/") || matches!(name, "action.yml" | "action.yaml") {
            Self::Of(Group::Workflow)
        } else if compose {
            Self::Of(Group::Compose)
        } else {
            Self::Perhaps
        }
    }
}

/// Whether a text holds objects of Kubernetes.
pub(super) fn is_manifest(text: &str) -> bool {
    let has = |key: &str| {
        let mut lines = text.lines().map(|line| line.trim_start_matches([' ', '-']));
        lines.any(|line| line.starts_with(key))
    };
    has("apiVersion:") && has("kind:")
}

/// Whether a text is a template that becomes YAML only when it is filled in.
pub(super) fn is_template(text: &str) -> bool {
    text.lines().any(|line| {
        let code = line.split(" #").next().unwrap_or(line);
        !code.trim_start().starts_with('#')
            && code
                .match_indices("{{")
                .any(|(at, _)| !code[..at].ends_with('$'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_names() {
        let check = |path: &str, kind: Kind| assert_eq!(Kind::of(path), kind, "{path}");
        for path in [
            "Dockerfile",
            "a/Dockerfile.prod",
            "web.dockerfile",
            "Containerfile",
        ] {
            check(path, Kind::Of(Group::Dockerfile));
        }
        check("Dockerfile.dockerignore", Kind::Other);
        check("dockerfiles.md", Kind::Other);
        check("docker-compose.prod.yml", Kind::Of(Group::Compose));
        check("x/compose.yaml", Kind::Of(Group::Compose));
        check("composer.yaml", Kind::Perhaps);
        check(".github/workflows/ci.yml", Kind::Of(Group::Workflow));
        check("setup/action.yml", Kind::Of(Group::Workflow));
        check("deploy/app.yaml", Kind::Perhaps);
        check("src/main.rs", Kind::Other);
    }

    #[test]
    fn manifests_and_templates_are_known_by_their_text() {
        assert!(is_manifest("# x\napiVersion: v1\nkind: Pod\n"));
        assert!(is_manifest("- apiVersion: v1\n  kind: Pod\n"));
        assert!(!is_manifest("steps:\n  - kind: x\n"));
        assert!(is_template("a: {{ .Values.x }}\n"));
        assert!(!is_template("a: ${{ x }} # {{ y }}\n# {{ z }}\n"));
    }
}

//! What the rules about containers of a pod look for.

use super::super::super::check::yaml::Node;
use super::super::super::check::{Hits, is_literal, is_secret_name, name};
use super::super::{compose, images};
use super::shape::{called, containers, kind, pod, security};

/// Each container with its pod.
fn each(object: &Node, mut look: impl FnMut(&Node, &Node)) {
    if let Some(pod) = pod(object) {
        for container in containers(pod) {
            look(pod, container);
        }
    }
}

/// A field of the security context, of containers or of the pod.
fn context(
    object: &Node,
    hits: &mut Hits,
    field: &str,
    bad: impl Fn(&Node) -> Option<&'static str>,
) {
    let Some(pod) = pod(object) else { return };
    for holder in std::iter::once(pod).chain(containers(pod)) {
        let entry = holder
            .get("securityContext")
            .and_then(|context| context.entry(field));
        if let Some((key, value)) = entry
            && let Some(message) = bad(value)
        {
            hits.at(key.place, message);
        }
    }
}

pub(super) fn privileged(object: &Node, hits: &mut Hits) {
    context(object, hits, "privileged", |value| {
        value
            .is_true()
            .then_some("the container has all rights of its node")
    });
}

pub(super) fn runs_as_root(object: &Node, hits: &mut Hits) {
    context(object, hits, "runAsUser", |value| {
        value.is("0").then_some("the container runs as root")
    });
    context(object, hits, "runAsNonRoot", |value| {
        value.is_false().then_some("the container may run as root")
    });
}

pub(super) fn may_be_root(object: &Node, hits: &mut Hits) {
    each(object, |pod, container| {
        let set = ["runAsNonRoot", "runAsUser"]
            .iter()
            .any(|field| security(pod, container, field).is_some());
        if !set {
            hits.at(
                container.place,
                format!("nothing keeps `{}` from running as root", called(container)),
            );
        }
    });
}

pub(super) fn escalation(object: &Node, hits: &mut Hits) {
    each(object, |_, container| {
        let field = container.at(&["securityContext", "allowPrivilegeEscalation"]);
        let privileged = container
            .at(&["securityContext", "privileged"])
            .is_some_and(Node::is_true);
        match field {
            Some(value) if value.is_false() => {}
            _ if privileged => {}
            Some(value) => hits.at(
                value.place,
                format!(
                    "`{}` may get more rights than it was started with",
                    called(container)
                ),
            ),
            None => hits.at(
                container.place,
                format!(
                    "nothing keeps `{}` from getting more rights than it was started with",
                    called(container)
                ),
            ),
        }
    });
}

pub(super) fn strong_right(object: &Node, hits: &mut Hits) {
    each(object, |_, container| {
        let added = container.at(&["securityContext", "capabilities", "add"]);
        for right in added.map_or(&[][..], Node::items) {
            let text = right.text().unwrap_or_default().to_ascii_uppercase();
            let plain = text.strip_prefix("CAP_").unwrap_or(&text);
            if compose::STRONG.contains(&plain) {
                hits.at(
                    right.place,
                    format!("`{plain}` comes near to all rights of the node"),
                );
            }
        }
    });
}

pub(super) fn rights_kept(object: &Node, hits: &mut Hits) {
    each(object, |_, container| {
        let dropped = container.at(&["securityContext", "capabilities", "drop"]);
        let all = |right: &Node| {
            right
                .text()
                .is_some_and(|text| text.eq_ignore_ascii_case("all"))
        };
        if !dropped.map_or(&[][..], Node::items).iter().any(all) {
            hits.at(
                container.place,
                format!(
                    "`{}` keeps rights that most programs do not need",
                    called(container)
                ),
            );
        }
    });
}

pub(super) fn writable_root(object: &Node, hits: &mut Hits) {
    each(object, |_, container| {
        let field = container.at(&["securityContext", "readOnlyRootFilesystem"]);
        if !field.is_some_and(Node::is_true) {
            hits.at(
                container.place,
                format!("`{}` can write into its own program", called(container)),
            );
        }
    });
}

pub(super) fn unconfined(object: &Node, hits: &mut Hits) {
    let Some(pod) = pod(object) else { return };
    for holder in std::iter::once(pod).chain(containers(pod)) {
        for profile in ["seccompProfile", "appArmorProfile"] {
            if let Some(kind) = holder.at(&["securityContext", profile, "type"])
                && kind.is("Unconfined")
            {
                hits.at(
                    kind.place,
                    "a wall between the program and the kernel is taken away",
                );
            }
        }
        if let Some(mount) = holder.at(&["securityContext", "procMount"])
            && mount.is("Unmasked")
        {
            hits.at(
                mount.place,
                "parts of /proc that are hidden from containers are open",
            );
        }
    }
}

pub(super) fn no_limit(object: &Node, hits: &mut Hits) {
    each(object, |_, container| {
        if container.at(&["resources", "limits", "memory"]).is_none() {
            hits.at(
                container.place,
                format!("`{}` may take all memory of its node", called(container)),
            );
        }
    });
}

pub(super) fn no_request(object: &Node, hits: &mut Hits) {
    each(object, |_, container| {
        let wanted = |field| container.at(&["resources", "requests", field]).is_some();
        // A limit without a request is the request too.
        let limited = |field| container.at(&["resources", "limits", field]).is_some();
        if !(wanted("cpu") || limited("cpu")) {
            hits.at(
                container.place,
                format!(
                    "nobody says how much processor `{}` needs",
                    called(container)
                ),
            );
        }
    });
}

pub(super) fn no_probe(object: &Node, hits: &mut Hits) {
    if matches!(kind(object), "Job" | "CronJob") {
        return;
    }
    let Some(pod) = pod(object) else { return };
    for container in pod.get("containers").map_or(&[][..], Node::items) {
        let probes = ["livenessProbe", "readinessProbe", "startupProbe"];
        if !probes.iter().any(|probe| container.get(probe).is_some()) {
            hits.at(
                container.place,
                format!("nobody asks `{}` whether it is well", called(container)),
            );
        }
    }
}

pub(super) fn host_port(object: &Node, hits: &mut Hits) {
    each(object, |_, container| {
        for port in container.get("ports").map_or(&[][..], Node::items) {
            if let Some((key, value)) = port.entry("hostPort")
                && !value.is("0")
            {
                hits.at(key.place, "the port is opened on the node itself");
            }
        }
    });
}

pub(super) fn loose_image(object: &Node, hits: &mut Hits) {
    each(object, |_, container| {
        if let Some(image) = container.get("image")
            && let Some(sentence) = image.text().and_then(images::loose)
        {
            hits.at(image.place, sentence);
        }
    });
}

pub(super) fn secret_in_environment(object: &Node, hits: &mut Hits) {
    each(object, |_, container| {
        for variable in container.get("env").map_or(&[][..], Node::items) {
            if let (Some(key), Some(value)) = (variable.word("name"), variable.get("value"))
                && is_secret_name(key)
                && value.text().is_some_and(is_literal)
            {
                hits.at(
                    value.place,
                    format!(
                        "the value of `{}` stands here for everybody to read",
                        name(key)
                    ),
                );
            }
        }
    });
}

//! What the rules about objects other than pods look for: rights, secrets, doors to the outside, versions of the API.

use super::super::super::check::yaml::Node;
use super::super::super::check::{Hits, is_literal, is_secret_name, name};
use super::shape::kind;

/// Versions of the API that are gone: version, kinds (none = all), since which Kubernetes.
const GONE: &[(&str, &[&str], &str)] = &[
    ("extensions/v1beta1", &[], "1.22"),
    ("apps/v1beta1", &[], "1.16"),
    ("apps/v1beta2", &[], "1.16"),
    (
        "networking.k8s.io/v1beta1",
        &["Ingress", "IngressClass"],
        "1.22",
    ),
    ("rbac.authorization.k8s.io/v1beta1", &[], "1.22"),
    ("apiextensions.k8s.io/v1beta1", &[], "1.22"),
    (
        "admissionregistration.k8s.io/v1beta1",
        &[
            "MutatingWebhookConfiguration",
            "ValidatingWebhookConfiguration",
        ],
        "1.22",
    ),
    ("scheduling.k8s.io/v1beta1", &[], "1.22"),
    (
        "storage.k8s.io/v1beta1",
        &[
            "CSIDriver",
            "CSINode",
            "StorageClass",
            "VolumeAttachment",
            "CSIStorageCapacity",
        ],
        "1.27",
    ),
    ("batch/v1beta1", &["CronJob"], "1.25"),
    ("policy/v1beta1", &[], "1.25"),
    ("autoscaling/v2beta1", &[], "1.25"),
    ("autoscaling/v2beta2", &[], "1.26"),
    ("discovery.k8s.io/v1beta1", &[], "1.25"),
    ("flowcontrol.apiserver.k8s.io/v1beta1", &[], "1.26"),
    ("flowcontrol.apiserver.k8s.io/v1beta2", &[], "1.29"),
];

pub(super) fn gone(object: &Node, hits: &mut Hits) {
    let Some(version) = object.get("apiVersion") else {
        return;
    };
    let found = GONE.iter().find(|(gone, kinds, _)| {
        version.is(gone) && (kinds.is_empty() || kinds.contains(&kind(object)))
    });
    if let Some((gone, _, since)) = found {
        hits.at(
            version.place,
            format!("`{gone}` is gone since Kubernetes {since}"),
        );
    }
}

fn is_role(object: &Node) -> bool {
    matches!(kind(object), "Role" | "ClusterRole")
}

fn role_rules(object: &Node) -> &[Node] {
    match object.get("rules") {
        Some(rules) if is_role(object) => rules.items(),
        _ => &[],
    }
}

/// The item of a list in a rule of a role that is one of these words.
fn item<'n>(rule: &'n Node, field: &str, words: &[&str]) -> Option<&'n Node> {
    let items = rule.get(field).map_or(&[][..], Node::items).iter();
    items
        .into_iter()
        .find(|item| item.text().is_some_and(|text| words.contains(&text)))
}

pub(super) fn wildcard(object: &Node, hits: &mut Hits) {
    for rule in role_rules(object) {
        for field in ["verbs", "resources"] {
            if let Some(star) = item(rule, field, &["*"]) {
                hits.at(
                    star.place,
                    format!("`{field}: \"*\"` is everything there is, and everything to come"),
                );
            }
        }
    }
}

pub(super) fn escalating(object: &Node, hits: &mut Hits) {
    for rule in role_rules(object) {
        if let Some(verb) = item(rule, "verbs", &["bind", "escalate", "impersonate"]) {
            let verb_name = verb.text().unwrap_or_default();
            hits.at(
                verb.place,
                format!("who may `{verb_name}` can give himself any right"),
            );
        }
        if let Some(resource) = item(
            rule,
            "resources",
            &["pods/exec", "pods/attach", "nodes/proxy"],
        ) && item(rule, "verbs", &["create", "get", "*"]).is_some()
        {
            hits.at(
                resource.place,
                format!(
                    "who may use `{}` has what the pod has",
                    name(resource.text().unwrap_or_default())
                ),
            );
        }
    }
}

pub(super) fn reads_secrets(object: &Node, hits: &mut Hits) {
    for rule in role_rules(object) {
        let named = !rule
            .get("resourceNames")
            .map_or(&[][..], Node::items)
            .is_empty();
        if let Some(secrets) = item(rule, "resources", &["secrets"])
            && !named
            && item(rule, "verbs", &["get", "list", "watch", "*"]).is_some()
        {
            hits.at(secrets.place, "all secrets can be read with this role");
        }
    }
}

fn is_binding(object: &Node) -> bool {
    matches!(kind(object), "RoleBinding" | "ClusterRoleBinding")
}

pub(super) fn cluster_admin(object: &Node, hits: &mut Hits) {
    if let Some(role) = object
        .at(&["roleRef", "name"])
        .filter(|_| is_binding(object))
        && role.is("cluster-admin")
    {
        hits.at(role.place, "this gives all rights there are");
    }
}

pub(super) fn everybody(object: &Node, hits: &mut Hits) {
    let subjects = object.get("subjects").filter(|_| is_binding(object));
    for subject in subjects.map_or(&[][..], Node::items) {
        if let Some(who) = subject.get("name")
            && matches!(
                who.text(),
                Some("system:anonymous" | "system:unauthenticated" | "system:authenticated")
            )
        {
            hits.at(
                who.place,
                "this gives rights to everybody who can reach the API",
            );
        }
    }
}

pub(super) fn secret_object(object: &Node, hits: &mut Hits) {
    if kind(object) != "Secret" {
        return;
    }
    for field in ["data", "stringData"] {
        for (key, value) in object.get(field).into_iter().flat_map(Node::entries) {
            if value.text().is_some_and(is_literal) {
                hits.at(
                    key.place,
                    format!(
                        "the value of `{}` stands here for everybody to read; base64 hides nothing",
                        name(&key.text)
                    ),
                );
            }
        }
    }
}

pub(super) fn secret_in_config(object: &Node, hits: &mut Hits) {
    if kind(object) != "ConfigMap" {
        return;
    }
    for (key, value) in object.get("data").into_iter().flat_map(Node::entries) {
        if is_secret_name(&key.text) && value.text().is_some_and(is_literal) {
            hits.at(
                key.place,
                format!(
                    "the value of `{}` stands here for everybody to read",
                    name(&key.text)
                ),
            );
        }
    }
}

pub(super) fn plain_ingress(object: &Node, hits: &mut Hits) {
    if kind(object) == "Ingress"
        && let Some((key, spec)) = object.entry("spec")
        && spec.get("tls").is_none()
    {
        hits.at(key.place, "what comes in by it is not encrypted");
    }
}

pub(super) fn open_service(object: &Node, hits: &mut Hits) {
    if kind(object) != "Service" {
        return;
    }
    let Some(spec) = object.get("spec") else {
        return;
    };
    let Some(way) = spec.get("type") else { return };
    let inside = object
        .at(&["metadata", "annotations"])
        .into_iter()
        .flat_map(Node::entries);
    let inside = inside
        .into_iter()
        .any(|(key, _)| key.text.to_ascii_lowercase().contains("internal"));
    if way.is("LoadBalancer") && spec.get("loadBalancerSourceRanges").is_none() && !inside {
        hits.at(way.place, "everybody outside can reach it");
    }
    if way.is("NodePort") {
        hits.at(way.place, "it is open on every node");
    }
}

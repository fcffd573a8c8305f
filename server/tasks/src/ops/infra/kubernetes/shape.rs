//! Where things are in an object: the objects of a document, the pod that one makes, its containers.

use super::super::super::check::yaml::Node;

/// The objects of a document: itself, or the items of a list.
pub(in super::super) fn objects(document: &Node) -> Vec<&Node> {
    let list = document
        .word("kind")
        .is_some_and(|kind| kind.ends_with("List"));
    match document.get("items") {
        Some(items) if list => items.items().iter().collect(),
        _ if document.items().is_empty() => vec![document],
        _ => document.items().iter().collect(),
    }
    .into_iter()
    .filter(|object| object.get("apiVersion").is_some() && object.get("kind").is_some())
    .collect()
}

pub(super) fn kind(object: &Node) -> &str {
    object.word("kind").unwrap_or_default()
}

/// The pod that an object is, or makes.
pub(super) fn pod(object: &Node) -> Option<&Node> {
    match kind(object) {
        "Pod" => object.get("spec"),
        "Deployment"
        | "StatefulSet"
        | "DaemonSet"
        | "ReplicaSet"
        | "ReplicationController"
        | "Job" => object.at(&["spec", "template", "spec"]),
        "CronJob" => object.at(&["spec", "jobTemplate", "spec", "template", "spec"]),
        "PodTemplate" => object.at(&["template", "spec"]),
        _ => None,
    }
}

/// All containers of a pod.
pub(super) fn containers(pod: &Node) -> impl Iterator<Item = &Node> {
    ["containers", "initContainers", "ephemeralContainers"]
        .into_iter()
        .filter_map(|key| pod.get(key))
        .flat_map(Node::items)
}

/// A field of a container's security context; where it says nothing that of the pod.
pub(super) fn security<'n>(pod: &'n Node, container: &'n Node, field: &str) -> Option<&'n Node> {
    let keys = ["securityContext", field];
    container.at(&keys).or_else(|| pod.at(&keys))
}

/// The name of a container, for people.
pub(super) fn called(container: &Node) -> String {
    super::super::super::check::name(container.word("name").unwrap_or("?"))
}

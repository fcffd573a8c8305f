//! What the rules about whole pods look for.

use super::super::super::check::yaml::Node;
use super::super::super::check::{Hits, name};
use super::super::compose::{is_runtime_socket, is_sensitive};
use super::shape::{kind, pod};

fn key_is_true(object: &Node, hits: &mut Hits, key: &str, message: &str) {
    if let Some((key, value)) = pod(object).and_then(|pod| pod.entry(key))
        && value.is_true()
    {
        hits.at(key.place, message);
    }
}

pub(super) fn host_network(object: &Node, hits: &mut Hits) {
    key_is_true(
        object,
        hits,
        "hostNetwork",
        "the pod is in the network of its node",
    );
}

pub(super) fn host_processes(object: &Node, hits: &mut Hits) {
    key_is_true(
        object,
        hits,
        "hostPID",
        "the pod sees and can end the processes of its node",
    );
}

pub(super) fn host_memory(object: &Node, hits: &mut Hits) {
    key_is_true(
        object,
        hits,
        "hostIPC",
        "the pod shares the memory of its node's processes",
    );
}

pub(super) fn shared_processes(object: &Node, hits: &mut Hits) {
    key_is_true(
        object,
        hits,
        "shareProcessNamespace",
        "each container sees the processes and variables of the others",
    );
}

fn host_paths(object: &Node) -> impl Iterator<Item = &Node> {
    let volumes = pod(object).and_then(|pod| pod.get("volumes"));
    let volumes = volumes.map_or(&[][..], Node::items).iter();
    volumes.filter_map(|volume| volume.at(&["hostPath", "path"]))
}

pub(super) fn runtime_socket(object: &Node, hits: &mut Hits) {
    for path in host_paths(object) {
        let text = path.text().unwrap_or_default();
        if is_runtime_socket(text) {
            hits.at(
                path.place,
                format!("whoever has `{}` has the node", name(text)),
            );
        }
    }
}

pub(super) fn host_path(object: &Node, hits: &mut Hits) {
    for path in host_paths(object) {
        let text = path.text().unwrap_or_default();
        if !is_runtime_socket(text) {
            let system = if is_sensitive(text) {
                ", which is the system's"
            } else {
                ""
            };
            hits.at(
                path.place,
                format!("the pod has its node's `{}`{system}", name(text)),
            );
        }
    }
}

pub(super) fn token_mounted(object: &Node, hits: &mut Hits) {
    let Some(pod) = pod(object) else { return };
    let own = pod.get("automountServiceAccountToken");
    // An account of its own was given on purpose.
    let account = pod.get("serviceAccountName").and_then(Node::text);
    let given = account.is_some_and(|account| account != "default");
    if !own.is_some_and(Node::is_false) && !given {
        hits.at(
            pod.place,
            "the pod gets a token for the cluster's API, which it may not need",
        );
    }
}

pub(super) fn system_calls(object: &Node, hits: &mut Hits) {
    const SAFE: [&str; 10] = [
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
    ];
    let settings = pod(object).and_then(|pod| pod.at(&["securityContext", "sysctls"]));
    for setting in settings.map_or(&[][..], Node::items) {
        if let Some(key) = setting.get("name")
            && let Some(text) = key.text()
            && !SAFE.contains(&text)
        {
            hits.at(
                key.place,
                format!("`{}` is a setting of the node's kernel", name(text)),
            );
        }
    }
}

pub(super) fn default_namespace(object: &Node, hits: &mut Hits) {
    const SPACELESS: [&str; 9] = [
        "Namespace",
        "Node",
        "PersistentVolume",
        "ClusterRole",
        "ClusterRoleBinding",
        "StorageClass",
        "CustomResourceDefinition",
        "PriorityClass",
        "IngressClass",
    ];
    if SPACELESS.contains(&kind(object)) {
        return;
    }
    if let Some(namespace) = object.at(&["metadata", "namespace"])
        && namespace.is("default")
    {
        hits.at(
            namespace.place,
            "everything without a place of its own is there too",
        );
    }
}

//! What the rules about compose files look for.

use super::super::super::check::yaml::{Key, Node};
use super::super::super::check::{Hits, Place, is_literal, is_secret_name, name};
use super::super::images;

/// Folders of the machine that a container must not have.
const SENSITIVE: &[&str] = &[
    "/",
    "/etc",
    "/proc",
    "/sys",
    "/dev",
    "/boot",
    "/root",
    "/var",
    "/var/lib",
    "/var/run",
    "/run",
    "/usr",
    "/lib",
    "/home",
    "/var/lib/docker",
    "/var/lib/kubelet",
];
/// Rights that come near to those of the machine's root.
pub(in super::super) const STRONG: &[&str] = &[
    "ALL",
    "SYS_ADMIN",
    "SYS_MODULE",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_BOOT",
    "DAC_READ_SEARCH",
    "NET_ADMIN",
    "BPF",
    "PERFMON",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "SYSLOG",
    "SYS_TIME",
];

fn services(root: &Node) -> impl Iterator<Item = (&Key, &Node)> {
    root.get("services").into_iter().flat_map(Node::entries)
}

/// A rule about a key of a service: the message where its value is bad.
fn of_key(root: &Node, hits: &mut Hits, key: &str, bad: impl Fn(&Node) -> Option<String>) {
    for (_, service) in services(root) {
        if let Some((key, value)) = service.entry(key)
            && let Some(message) = bad(value)
        {
            hits.at(key.place, message);
        }
    }
}

fn says(bad: bool, message: &str) -> Option<String> {
    bad.then(|| message.to_owned())
}

pub(super) fn privileged(root: &Node, hits: &mut Hits) {
    of_key(root, hits, "privileged", |value| {
        says(
            value.is_true(),
            "the container has all rights of the machine",
        )
    });
}

pub(super) fn host_network(root: &Node, hits: &mut Hits) {
    of_key(root, hits, "network_mode", |value| {
        says(
            value.is("host"),
            "the container is in the network of the machine",
        )
    });
}

pub(super) fn host_processes(root: &Node, hits: &mut Hits) {
    for (key, what) in [
        ("pid", "sees and can end the processes of the machine"),
        ("ipc", "shares the memory of the machine's processes"),
        ("userns_mode", "has the accounts of the machine"),
        ("uts", "can name the machine anew"),
    ] {
        of_key(root, hits, key, |value| {
            says(value.is("host"), &format!("the container {what}"))
        });
    }
}

/// What the machine gives into a container: its path, and where that stands.
pub(in super::super) fn mounts(service: &Node) -> Vec<(String, Place)> {
    let volumes = service.get("volumes").map_or(&[][..], Node::items);
    volumes
        .iter()
        .filter_map(|volume| match volume.text() {
            Some(text) => {
                let source = text.split(':').next().unwrap_or(text);
                let path = source.starts_with(['/', '~', '.']) || source.starts_with("${");
                path.then(|| (source.to_owned(), volume.place))
            }
            None => {
                let bind = volume.word("type").is_none_or(|kind| kind == "bind");
                let source = volume.get("source").or_else(|| volume.get("src"))?;
                Some((source.text()?.to_owned(), source.place)).filter(|_| bind)
            }
        })
        .collect()
}

/// Whether a path leads to a program that starts containers.
pub(in super::super) fn is_runtime_socket(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    [
        "docker.sock",
        "containerd.sock",
        "crio.sock",
        "podman.sock",
        "cri-dockerd.sock",
    ]
    .iter()
    .any(|socket| path.ends_with(socket))
}

pub(in super::super) fn is_sensitive(path: &str) -> bool {
    let plain = path.trim_end_matches('/');
    SENSITIVE.contains(&if plain.is_empty() && path.starts_with('/') {
        "/"
    } else {
        plain
    })
}

pub(super) fn runtime_socket(root: &Node, hits: &mut Hits) {
    for (_, service) in services(root) {
        for (path, place) in mounts(service) {
            if is_runtime_socket(&path) {
                hits.at(
                    place,
                    format!(
                        "whoever has `{}` can start any container, and has the machine",
                        name(&path)
                    ),
                );
            }
        }
    }
}

pub(super) fn host_folder(root: &Node, hits: &mut Hits) {
    for (_, service) in services(root) {
        for (path, place) in mounts(service) {
            if is_sensitive(&path) {
                hits.at(
                    place,
                    format!("the container has the machine's `{}`", name(&path)),
                );
            }
        }
    }
}

/// Names and values of variables, in both forms.
fn variables(node: Option<&Node>) -> Vec<(&str, &str, Place)> {
    let Some(node) = node else { return Vec::new() };
    let listed = node.items().iter().filter_map(|item| {
        let (key, value) = item.text()?.split_once('=')?;
        Some((key, value, item.place))
    });
    let mapped = node
        .entries()
        .filter_map(|(key, value)| Some((key.text.as_str(), value.text()?, key.place)));
    listed.chain(mapped).collect()
}

pub(super) fn secret_in_environment(root: &Node, hits: &mut Hits) {
    for (_, service) in services(root) {
        for (key, value, place) in variables(service.get("environment")) {
            if is_secret_name(key) && is_literal(value) {
                hits.at(
                    place,
                    format!(
                        "the value of `{}` stands here for everybody to read",
                        name(key)
                    ),
                );
            }
        }
    }
}

pub(super) fn secret_argument(root: &Node, hits: &mut Hits) {
    for (_, service) in services(root) {
        for (key, _, place) in variables(service.at(&["build", "args"])) {
            if is_secret_name(key) {
                hits.at(
                    place,
                    format!(
                        "the build argument `{}` stays in the image's history",
                        name(key)
                    ),
                );
            }
        }
    }
}

pub(super) fn loose_image(root: &Node, hits: &mut Hits) {
    for (_, service) in services(root) {
        // With `build` it is the name that the image gets.
        let image = service
            .get("image")
            .filter(|_| service.get("build").is_none());
        if let Some(image) = image
            && let Some(sentence) = image.text().and_then(images::loose)
        {
            hits.at(image.place, sentence);
        }
    }
}

pub(super) fn open_port(root: &Node, hits: &mut Hits) {
    for (_, service) in services(root) {
        for port in service.get("ports").map_or(&[][..], Node::items) {
            let open = match port.text() {
                Some(text) => {
                    text.split('/').next().unwrap_or(text).split(':').count() == 2
                        && !text.starts_with('$')
                }
                None => port.get("published").is_some() && port.get("host_ip").is_none(),
            };
            let all = port.text().is_some_and(|text| text.starts_with("0.0.0.0:"));
            if open || all {
                hits.at(
                    port.place,
                    "the port is open on all networks of the machine, past its firewall",
                );
            }
        }
    }
}

pub(super) fn strong_right(root: &Node, hits: &mut Hits) {
    for (_, service) in services(root) {
        for right in service.get("cap_add").map_or(&[][..], Node::items) {
            let text = right.text().unwrap_or_default().to_ascii_uppercase();
            let plain = text.strip_prefix("CAP_").unwrap_or(&text);
            if STRONG.contains(&plain) {
                hits.at(
                    right.place,
                    format!("`{plain}` comes near to all rights of the machine"),
                );
            }
        }
    }
}

pub(super) fn unconfined(root: &Node, hits: &mut Hits) {
    for (_, service) in services(root) {
        for option in service.get("security_opt").map_or(&[][..], Node::items) {
            let text = option.text().unwrap_or_default();
            if text.ends_with("unconfined")
                || text.ends_with(":disable")
                || text == "no-new-privileges:false"
            {
                hits.at(option.place, format!("`{}` takes a wall away", name(text)));
            }
        }
    }
}

pub(super) fn root_user(root: &Node, hits: &mut Hits) {
    of_key(root, hits, "user", |value| {
        let user = value.text()?.split(':').next()?;
        says(matches!(user, "root" | "0"), "the container runs as root")
    });
}

pub(super) fn no_limit(root: &Node, hits: &mut Hits) {
    for (key, service) in services(root) {
        let limit = service
            .get("mem_limit")
            .or_else(|| service.at(&["deploy", "resources", "limits", "memory"]));
        let extends = service.get("extends").is_some();
        if limit.is_none() && !extends && service.entries().next().is_some() {
            hits.at(
                key.place,
                format!("`{}` may take all memory of the machine", name(&key.text)),
            );
        }
    }
}

pub(super) fn old_version(root: &Node, hits: &mut Hits) {
    if let Some((key, _)) = root.entry("version") {
        hits.at(key.place, "`version` is not read any more");
    }
}

pub(super) fn devices(root: &Node, hits: &mut Hits) {
    for (_, service) in services(root) {
        for device in service.get("devices").map_or(&[][..], Node::items) {
            let text = device.text().unwrap_or_default();
            let path = text.split(':').next().unwrap_or_default();
            let disk = [
                "/dev/sd",
                "/dev/nvme",
                "/dev/vd",
                "/dev/mem",
                "/dev/kmem",
                "/dev/mapper",
            ];
            if path == "/dev" || disk.iter().any(|start| path.starts_with(start)) {
                hits.at(
                    device.place,
                    format!("the container has the machine's `{}`", name(path)),
                );
            }
        }
    }
}

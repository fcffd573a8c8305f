//! The rules about containers of a pod.

use super::super::super::check::{Check, Rule};
use super::containers;
use artifact::Severity::{Error, Info, Warning};

/// An example: a pod with one container that has these fields. Each begins with a line break and six spaces.
macro_rules! container {
    ($($fields:literal)*) => {
        concat!("apiVersion: v1\nkind: Pod\nspec:\n  serviceAccountName: web\n  containers:\n    - ", $($fields),*)
    };
}

/// All of them.
pub(in super::super) const RULES: &[Rule] = &[
    Rule {
        id: "k8s-privileged",
        what: "a container with all rights",
        severity: Error,
        reason: "There is no wall left between it and the node.",
        help: "take it out; add the one right that is needed (`capabilities.add`)",
        bad: container!(
            "name: web\n      securityContext:\n        »privileged: true\n        allowPrivilegeEscalation: false\n"
        ),
        good: container!(
            "name: web\n      securityContext:\n        allowPrivilegeEscalation: false\n"
        ),
        check: Check::Kubernetes(containers::privileged),
    },
    Rule {
        id: "k8s-root",
        what: "a container that runs as root",
        severity: Error,
        reason: "Whoever breaks out of the program is root in the container, and near to root on the node.",
        help: "`runAsNonRoot: true`, and an image that names a user",
        bad: container!("name: web\n      securityContext:\n        »runAsUser: 0\n"),
        good: container!("name: web\n      securityContext:\n        runAsUser: 10001\n"),
        check: Check::Kubernetes(containers::runs_as_root),
    },
    Rule {
        id: "k8s-may-be-root",
        what: "nothing keeps a container from running as root",
        severity: Warning,
        reason: "As whom it runs is then for the image to say, and many say root.",
        help: "`securityContext.runAsNonRoot: true`, for the pod or the container",
        bad: container!("»name: web\n"),
        good: container!("name: web\n      securityContext:\n        runAsNonRoot: true\n"),
        check: Check::Kubernetes(containers::may_be_root),
    },
    Rule {
        id: "k8s-escalation",
        what: "a program may get more rights than it was started with",
        severity: Warning,
        reason: "A setuid program in the image then makes root of whoever took the container over.",
        help: "`securityContext.allowPrivilegeEscalation: false`",
        bad: container!(
            "name: web\n      securityContext:\n        allowPrivilegeEscalation: »true\n"
        ),
        good: container!(
            "name: web\n      securityContext:\n        allowPrivilegeEscalation: false\n"
        ),
        check: Check::Kubernetes(containers::escalation),
    },
    Rule {
        id: "k8s-strong-right",
        what: "a right that comes near to root on the node",
        severity: Error,
        reason: "With it a program can leave its container.",
        help: "take it out, or name the weaker one that is needed",
        bad: container!(
            "name: vpn\n      securityContext:\n        capabilities:\n          add: [»NET_ADMIN]\n"
        ),
        good: container!(
            "name: vpn\n      securityContext:\n        capabilities:\n          add: [NET_BIND_SERVICE]\n"
        ),
        check: Check::Kubernetes(containers::strong_right),
    },
    Rule {
        id: "k8s-rights-kept",
        what: "rights that most programs do not need are kept",
        severity: Info,
        reason: "A container has fourteen of them by itself, among them to act for other accounts.",
        help: "`capabilities: {drop: [ALL]}`, and add what is needed",
        bad: container!("»name: web\n      securityContext: {}\n"),
        good: container!(
            "name: web\n      securityContext:\n        capabilities: {drop: [ALL]}\n"
        ),
        check: Check::Kubernetes(containers::rights_kept),
    },
    Rule {
        id: "k8s-writable-root",
        what: "a container can write into its own program",
        severity: Info,
        reason: "What was taken over can change itself and stay.",
        help: "`readOnlyRootFilesystem: true`, and an emptyDir where it has to write",
        bad: container!("»name: web\n      securityContext: {}\n"),
        good: container!(
            "name: web\n      securityContext:\n        readOnlyRootFilesystem: true\n"
        ),
        check: Check::Kubernetes(containers::writable_root),
    },
    Rule {
        id: "k8s-unconfined",
        what: "a wall between a program and the kernel is taken away",
        severity: Warning,
        reason: "Seccomp and AppArmor keep a program that was taken over from the kernel.",
        help: "`seccompProfile: {type: RuntimeDefault}`",
        bad: container!(
            "name: web\n      securityContext:\n        seccompProfile: {type: »Unconfined}\n"
        ),
        good: container!(
            "name: web\n      securityContext:\n        seccompProfile: {type: RuntimeDefault}\n"
        ),
        check: Check::Kubernetes(containers::unconfined),
    },
    Rule {
        id: "k8s-no-memory-limit",
        what: "a container without a limit of memory",
        severity: Warning,
        reason: "One that grows takes the others on its node with it.",
        help: "`resources.limits.memory`",
        bad: container!("»name: web\n      resources: {}\n"),
        good: container!("name: web\n      resources:\n        limits: {memory: 256Mi}\n"),
        check: Check::Kubernetes(containers::no_limit),
    },
    Rule {
        id: "k8s-no-request",
        what: "nobody says how much processor a container needs",
        severity: Info,
        reason: "The cluster then puts it anywhere, and it gets what is left.",
        help: "`resources.requests.cpu`",
        bad: container!("»name: web\n      resources: {}\n"),
        good: container!("name: web\n      resources:\n        requests: {cpu: 100m}\n"),
        check: Check::Kubernetes(containers::no_request),
    },
    Rule {
        id: "k8s-no-probe",
        what: "nobody asks a container whether it is well",
        severity: Info,
        reason: "One that hangs goes on being used.",
        help: "add a `readinessProbe`, and a `livenessProbe` where starting again helps",
        bad: container!("»name: web\n"),
        good: container!("name: web\n      readinessProbe: {httpGet: {path: /, port: 8080}}\n"),
        check: Check::Kubernetes(containers::no_probe),
    },
    Rule {
        id: "k8s-host-port",
        what: "a port that is opened on the node itself",
        severity: Warning,
        reason: "It is open past Services and network policies, and only one such pod fits on a node.",
        help: "use a Service",
        bad: container!(
            "name: web\n      ports:\n        - containerPort: 8080\n          »hostPort: 8080\n"
        ),
        good: container!("name: web\n      ports:\n        - containerPort: 8080\n"),
        check: Check::Kubernetes(containers::host_port),
    },
    Rule {
        id: "k8s-image-version",
        what: "an image without a version",
        severity: Warning,
        reason: "Two pods of one Deployment can then be two programs, and going back is not possible.",
        help: "name a version, better a digest",
        bad: container!("name: web\n      image: »\"registry.example.org:5000/web\"\n"),
        good: container!("name: web\n      image: \"registry.example.org:5000/web:1.4.2\"\n"),
        check: Check::Kubernetes(containers::loose_image),
    },
    Rule {
        id: "k8s-secret-env",
        what: "a secret in a manifest",
        severity: Error,
        reason: "Everybody who can read the repository, its history or the Deployment has it.",
        help: "take it from a Secret: `valueFrom.secretKeyRef`",
        bad: container!(
            "name: web\n      env:\n        - name: DB_PASSWORD\n          value: »example-of-a-password\n"
        ),
        good: container!(
            "name: web\n      env:\n        - name: DB_PASSWORD\n          valueFrom: {secretKeyRef: {name: db, key: password}}\n"
        ),
        check: Check::Kubernetes(containers::secret_in_environment),
    },
];

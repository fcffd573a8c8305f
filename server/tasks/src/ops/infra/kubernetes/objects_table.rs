//! The rules about objects other than pods.

use super::super::super::check::{Check, Rule};
use super::objects;
use artifact::Severity::{Error, Info, Warning};

/// An example: a role with these rules.
macro_rules! role {
    ($rules:literal) => {
        concat!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: web}\nrules:\n",
            $rules
        )
    };
}

/// An example: a binding with these last lines.
macro_rules! binding {
    ($rest:literal) => {
        concat!("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: web}\n", $rest)
    };
}

/// All of them.
pub(in super::super) const RULES: &[Rule] = &[
    Rule {
        id: "k8s-gone-version",
        what: "a version of the API that is gone",
        severity: Error,
        reason: "The cluster refuses it.",
        help: "use the version that came after it; some fields have moved",
        bad: "apiVersion: »batch/v1beta1\nkind: CronJob\nmetadata: {name: web}\n",
        good: "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: web}\n",
        check: Check::Kubernetes(objects::gone),
    },
    Rule {
        id: "k8s-secret-object",
        what: "a Secret with its values in the repository",
        severity: Error,
        reason: "Everybody who can read the repository, or its history, has it: base64 is no encryption.",
        help: "keep it in a store of secrets and bring it in by an operator, or seal it (SealedSecret, SOPS)",
        bad: "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata:\n  »password: ZXhhbXBsZQ==\n",
        good: "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: db}\n",
        check: Check::Kubernetes(objects::secret_object),
    },
    Rule {
        id: "k8s-secret-config",
        what: "a secret in a ConfigMap",
        severity: Error,
        reason: "ConfigMaps are open to more people and programs than Secrets, and this one to all who read the repository.",
        help: "keep it in a store of secrets, and give it by a Secret",
        bad: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  mode: fast\n  »api_key: example-of-a-key\n",
        good: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  mode: fast\n",
        check: Check::Kubernetes(objects::secret_in_config),
    },
    Rule {
        id: "k8s-role-wildcard",
        what: "a role that may everything",
        severity: Error,
        reason: "It grows with each kind of object that is added to the cluster.",
        help: "name verbs and resources",
        bad: role!("  - apiGroups: [apps]\n    resources: [deployments]\n    verbs: [»\"*\"]\n"),
        good: role!(
            "  - apiGroups: [apps]\n    resources: [deployments]\n    verbs: [get, list]\n"
        ),
        check: Check::Kubernetes(objects::wildcard),
    },
    Rule {
        id: "k8s-role-escalates",
        what: "a role by which more rights can be had",
        severity: Warning,
        reason: "Whoever has it can give himself any right, or act in another's pod.",
        help: "take the verb or resource out",
        bad: role!("  - apiGroups: [\"\"]\n    resources: [»pods/exec]\n    verbs: [create]\n"),
        good: role!("  - apiGroups: [\"\"]\n    resources: [pods]\n    verbs: [get]\n"),
        check: Check::Kubernetes(objects::escalating),
    },
    Rule {
        id: "k8s-role-secrets",
        what: "a role that may read all secrets",
        severity: Warning,
        reason: "Among them are tokens of other accounts.",
        help: "name those that are needed: `resourceNames`",
        bad: role!("  - apiGroups: [\"\"]\n    resources: [»secrets]\n    verbs: [list]\n"),
        good: role!(
            "  - apiGroups: [\"\"]\n    resources: [secrets]\n    resourceNames: [db]\n    verbs: [get]\n"
        ),
        check: Check::Kubernetes(objects::reads_secrets),
    },
    Rule {
        id: "k8s-cluster-admin",
        what: "all rights there are",
        severity: Error,
        reason: "Whoever takes the account over has the cluster.",
        help: "bind a role that names what is needed",
        bad: binding!("roleRef:\n  kind: ClusterRole\n  name: »cluster-admin\n"),
        good: binding!("roleRef:\n  kind: ClusterRole\n  name: view\n"),
        check: Check::Kubernetes(objects::cluster_admin),
    },
    Rule {
        id: "k8s-everybody",
        what: "rights for everybody",
        severity: Error,
        reason: "Everybody who can reach the API has them, also without an account.",
        help: "name accounts",
        bad: binding!("subjects:\n  - kind: Group\n    name: »system:unauthenticated\n"),
        good: binding!("subjects:\n  - kind: ServiceAccount\n    name: web\n"),
        check: Check::Kubernetes(objects::everybody),
    },
    Rule {
        id: "k8s-plain-ingress",
        what: "an Ingress without TLS",
        severity: Warning,
        reason: "Passwords and cookies pass by for everybody on the way to read.",
        help: "add `tls`; leave it out (`offshoot:allow`) where something before it encrypts",
        bad: "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\n»spec:\n  rules: []\n",
        good: "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec:\n  tls: [{hosts: [example.org], secretName: web}]\n  rules: []\n",
        check: Check::Kubernetes(objects::plain_ingress),
    },
    Rule {
        id: "k8s-open-service",
        what: "a Service that is open to the outside",
        severity: Info,
        reason: "It may be meant so; then it should be looked at once.",
        help: "`loadBalancerSourceRanges`, or an Ingress in front of it",
        bad: "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  type: »LoadBalancer\n",
        good: "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  type: ClusterIP\n",
        check: Check::Kubernetes(objects::open_service),
    },
];

//! Manifests of Kubernetes: objects, the pods that they make, and the rules about both.

mod containers;
mod containers_table;
mod objects;
mod objects_table;
mod pods;
mod pods_table;
mod shape;

pub(super) use containers_table::RULES as CONTAINERS;
pub(super) use objects_table::RULES as OBJECTS;
pub(super) use pods_table::RULES as PODS;
pub(super) use shape::objects as objects_of;

//! Files that change while the daemon runs.

use super::{AUTO, PROJECT, Place};
use crate::settings::reload;

#[test]
fn a_file_with_errors_keeps_what_it_had() {
    let place = Place::new(&[
        (AUTO, "auto_execution: {enabled: true}"),
        (PROJECT, "offshoot: {max_parallel: 2}"),
    ]);
    let first = place.load();
    for broken in [
        "auto_execution: [",
        "auto_execution: {enabled: nonsense}",
        "enabled: false",
    ] {
        place.write(AUTO, broken.as_bytes());
        place.write(PROJECT, b"offshoot: {max_parallel: 3}");
        let second = place.ask(|sources| reload(sources, &first));
        assert!(second.has_errors(), "{broken}");
        assert!(second.tenant.auto_execution, "{broken}");
        assert_eq!(second.tenant.max_parallel, Some(3));
        let third = place.ask(|sources| reload(sources, &second));
        assert!(
            third.has_errors() && third.tenant.auto_execution,
            "{broken}"
        );
    }
    place.write(AUTO, b"auto_execution: {enabled: false}");
    let fixed = place.ask(|sources| reload(sources, &first));
    assert!(!fixed.has_errors() && !fixed.tenant.auto_execution);
    std::fs::remove_file(place.path(AUTO)).unwrap();
    let gone = place.ask(|sources| reload(sources, &first));
    assert!(!gone.has_errors() && !gone.tenant.auto_execution);
}

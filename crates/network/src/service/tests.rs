use super::{ALIASES, SERVICES, TOP_100, port_of_service, service_name};

#[test]
fn the_tables_are_in_order_and_agree() {
    assert!(SERVICES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert!(TOP_100.windows(2).all(|pair| pair[0] < pair[1]));
    for (port, name) in SERVICES {
        assert_eq!(port_of_service(name), Some(*port), "{name}");
        assert_eq!(service_name(*port), Some(*name));
    }
    for (alias, port) in ALIASES {
        assert_eq!(port_of_service(alias), Some(*port));
    }
    assert_eq!(service_name(1), None);
    assert_eq!(port_of_service("80"), None);
}

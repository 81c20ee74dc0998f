use groma_api::OPERATIONS;
use groma_model::EventType;

use super::page::page;

#[test]
fn everything_has_its_place() {
    let page = page();
    for operation in OPERATIONS {
        assert_eq!(
            page.matches(&format!("<article id=\"{}\">", operation.id)).count(),
            1,
            "{}",
            operation.id
        );
    }
    for event in EventType::ALL {
        assert!(page.contains(&format!("<article id=\"{}\">", event.name)), "{}", event.name);
    }
}

#[test]
fn every_link_within_the_page_leads_somewhere() {
    let page = page();
    for link in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert_eq!(page.matches(&format!(" id=\"{link}\"")).count(), 1, "#{link}");
    }
}

#[test]
fn nothing_comes_from_elsewhere() {
    for text in [page().as_str(), super::STYLE, super::SCRIPT] {
        for foreign in ["src=\"http", "href=\"http", "url(", "@import", "style=\"", "onclick"] {
            assert!(!text.contains(foreign), "{foreign}");
        }
    }
}

//! The page's files and the documents.

use std::sync::Arc;

use bytes::Bytes;
use groma_api::{ApiError, ErrorCode};
use groma_http::{Asset, Assets, EdgeOptions, Limits};
use groma_model::EventType;
use serde_json::Value;

use crate::world::{Served, problem};

#[derive(Debug)]
struct Page;

impl Assets for Page {
    fn get(&self, path: &str) -> Option<Asset> {
        let (bytes, content_type, gzip, immutable) = match path {
            "index.html" => ("<!doctype html>", "text/html; charset=utf-8", None, false),
            "assets/app-1a2b.js" => {
                ("let a = 1;", "text/javascript", Some(Bytes::from_static(b"packed")), true)
            }
            _ => return None,
        };
        Some(Asset {
            bytes: Bytes::from_static(bytes.as_bytes()),
            gzip,
            content_type,
            etag: "e1".to_owned(),
            immutable,
        })
    }
}

async fn served() -> Served {
    Served::with(EdgeOptions { assets: Arc::new(Page), ..EdgeOptions::default() }, Limits::default()).await
}

#[tokio::test]
async fn pages_need_nobody_and_the_api_stays_the_api() {
    let served = served().await;
    let get =
        |path: &str, accept: &'static str| served.http.get(served.url(path)).header("accept", accept).send();
    let browser = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";
    for path in ["/", "/index.html", "/scans/01936b2e", "/events"] {
        let response = get(path, browser).await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
        assert_eq!(response.headers()["cache-control"], "no-cache");
        assert_eq!(response.text().await.unwrap(), "<!doctype html>");
    }
    problem(get("/scans/1", "application/json").await.unwrap(), ErrorCode::NotFound).await;
    problem(get("/v1/nothing", browser).await.unwrap(), ErrorCode::NotFound).await;
    let post = served.http.post(served.url("/index.html")).send().await.unwrap();
    assert_eq!(post.headers()["allow"], "GET,HEAD");
    problem(post, ErrorCode::MethodNotAllowed).await;
}

#[tokio::test]
async fn files_are_kept_packed_and_compared() {
    let served = served().await;
    let url = served.url("/assets/app-1a2b.js");
    let plain = served.http.get(&url).send().await.unwrap();
    assert_eq!(plain.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(plain.headers()["etag"], "\"e1\"");
    assert_eq!(plain.text().await.unwrap(), "let a = 1;");
    let packed = served.http.get(&url).header("accept-encoding", "br, gzip;q=0.5").send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert_eq!(packed.headers()["etag"], "\"e1-gz\"");
    assert_eq!(packed.bytes().await.unwrap(), "packed");
    let refused = served.http.get(&url).header("accept-encoding", "gzip;q=0").send().await.unwrap();
    assert!(!refused.headers().contains_key("content-encoding"));
    for (known, status) in
        [("\"e1\"", 304), ("W/\"e1\"", 304), ("\"e0\", \"e1\"", 304), ("*", 304), ("\"e2\"", 200)]
    {
        let again = served.http.get(&url).header("if-none-match", known).send().await.unwrap();
        assert_eq!(again.status(), status, "{known}");
    }
}

#[tokio::test]
async fn the_documents_describe_operations_and_events() {
    let served = Served::new().await;
    let openapi = served.http.get(served.url("/openapi.json")).send().await.unwrap();
    let etag = openapi.headers()["etag"].to_str().unwrap().to_owned();
    let document: Value = openapi.json().await.unwrap();
    assert!(document["paths"]["/v1/scan/task/{task_id}"]["get"].is_object());
    let again =
        served.http.get(served.url("/openapi.json")).header("if-none-match", etag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    for known in EventType::ALL {
        let response = served.http.get(served.url(&known.schema_path())).send().await.unwrap();
        assert_eq!(response.status(), 200, "{}", known.name);
        assert_eq!(response.headers()["content-type"], "application/schema+json");
        let text = response.text().await.unwrap();
        let schema: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(schema["$id"], known.schema_path().as_str());
        assert!(["properties", "$ref", "allOf"].iter().any(|said| schema.get(said).is_some()), "{text}");
        assert!(!text.contains("#/components/"), "{text}");
        for reference in text.split("#/$defs/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(schema["$defs"][reference].is_object(), "{} lacks {reference}", known.name);
        }
    }
    problem(served.get("/schemas/groma.none/v1").send().await.unwrap(), ErrorCode::NotFound).await;
}

#[tokio::test]
async fn the_ways_of_events_are_described() {
    let served = Served::new().await;
    let asyncapi = served.http.get(served.url("/asyncapi.json")).send().await.unwrap();
    let etag = asyncapi.headers()["etag"].to_str().unwrap().to_owned();
    let document: Value = asyncapi.json().await.unwrap();
    assert_eq!(document["asyncapi"], "3.0.0");
    let again =
        served.http.get(served.url("/asyncapi.json")).header("if-none-match", etag).send().await.unwrap();
    assert_eq!(again.status(), 304);
}

#[tokio::test]
async fn every_kind_of_problem_is_explained_where_its_type_says() {
    let served = Served::new().await;
    for code in ErrorCode::ALL {
        let url = served.url(&ApiError::new(*code, "").problem().problem_type);
        let page = served.http.get(&url).header("accept", "text/html").send().await.unwrap();
        assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
        let page = page.text().await.unwrap();
        assert!(page.contains(code.as_str()) && page.contains(&code.status().to_string()), "{page}");
        let kind = served.http.get(&url).header("accept", "application/json").send().await.unwrap();
        let kind: Value = kind.json().await.unwrap();
        assert_eq!(kind["code"], code.as_str());
        assert!(kind["description"].as_str().is_some_and(|text| text.ends_with('.')), "{kind}");
    }
    problem(served.get("/problems/none").send().await.unwrap(), ErrorCode::NotFound).await;
}

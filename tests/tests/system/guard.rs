//! Who may call at all. Hostile requests send a head that announces a body and never the body: an answer to them was
//! decided before the body was read.

use crate::harness::{Keywheel, PLAIN, RawAnswer, Upstream, collect, raw_exchange, script};

/// Every route there is, the control plane's and the window's included.
const ROUTES: [&str; 11] = [
    "POST /v1/chat/completions",
    "POST /chat/completions",
    "GET /v1/models",
    "GET /models",
    "GET /status",
    "GET /health",
    "GET /",
    "GET /api/state",
    "POST /api/pause",
    "GET /ui/",
    "GET /no/such/page",
];

/// A complete head; `{port}` in it is replaced by the port.
fn head(route: &str, port: u16, host: &str, lines: &[&str]) -> String {
    let mut head = format!("{route} HTTP/1.1\r\n{host}");
    for line in lines {
        head.push_str(line);
        head.push_str("\r\n");
    }
    head.push_str("content-length: 2000\r\n\r\n");
    head.replace("{port}", &port.to_string()).replace("{other_port}", &(port ^ 1).to_string())
}

const OWN_HOST: &str = "host: 127.0.0.1:{port}\r\n";
const JSON: &str = "content-type: application/json";

/// A provider that must not hear of anything, and Keywheel before it.
async fn guarded() -> (Upstream, Keywheel) {
    let alpha = Upstream::start(script("alpha", 1)).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    (alpha, keywheel)
}

async fn send(keywheel: &Keywheel, head: &str) -> RawAnswer {
    raw_exchange(keywheel.port(), head.as_bytes()).await
}

/// Checks that the tables below are refused for what they say and not for how they are sent.
async fn assert_the_same_without_the_flaw_passes(alpha: &Upstream, keywheel: &Keywheel) {
    assert_eq!(alpha.requests(), 0, "no refused request reaches a provider");
    let head = head("POST /v1/chat/completions", keywheel.port(), OWN_HOST, &[JSON]);
    let good = head.replace("2000", &PLAIN.len().to_string()) + PLAIN;
    assert_eq!(send(keywheel, &good).await.status, Some(200));
    assert_eq!(alpha.requests(), 1);
}

#[tokio::test]
async fn a_foreign_host_name_is_refused_on_every_route() {
    let hosts = [
        "host: evil.example\r\n",
        "host: evil.example:{port}\r\n",
        "host: 127.0.0.1\r\n",
        "host: 127.0.0.1:{other_port}\r\n",
        "host: localhost\r\n",
        "host: localhost.:{port}\r\n",
        "host: localhost.evil.example:{port}\r\n",
        "host: 127.0.0.1.evil.example:{port}\r\n",
        "host: evil.example#localhost:{port}\r\n",
        "host: user@127.0.0.1:{port}\r\n",
        "host: 0.0.0.0:{port}\r\n",
        "host: 127.1:{port}\r\n",
        "host: 2130706433:{port}\r\n",
        "host: [::ffff:127.0.0.1]:{port}\r\n",
        "host: [::]:{port}\r\n",
        "host: \r\n",
        "host: evil.example\r\nhost: 127.0.0.1:{port}\r\n",
        "host: 127.0.0.1:{port}\r\nhost: 127.0.0.1:{port}\r\n",
        "",
    ];
    let (alpha, keywheel) = guarded().await;
    for route in ROUTES {
        for host in hosts {
            let answer = send(&keywheel, &head(route, keywheel.port(), host, &[JSON])).await;
            assert!(matches!(answer.status, Some(400 | 403)), "{route} with '{host}': {answer:?}");
        }
    }
    assert_the_same_without_the_flaw_passes(&alpha, &keywheel).await;
}

#[tokio::test]
async fn a_target_that_names_another_host_is_refused() {
    let (alpha, keywheel) = guarded().await;
    for target in ["http://evil.example/v1/models", "http://evil.example:{port}/v1/models"] {
        let answer = send(&keywheel, &head(&format!("GET {target}"), keywheel.port(), OWN_HOST, &[])).await;
        assert!(matches!(answer.status, Some(400 | 403)), "{target}: {answer:?}");
    }
    assert_the_same_without_the_flaw_passes(&alpha, &keywheel).await;
}

#[tokio::test]
async fn a_web_page_is_refused_on_every_route() {
    let pages: [&[&str]; 17] = [
        &["origin: https://evil.example"],
        &["origin: null"],
        &["origin: "],
        &["origin: http://localhost:3000"],
        &["origin: http://127.0.0.1:{other_port}"],
        &["origin: https://127.0.0.1:{port}"],
        &["origin: http://127.0.0.1:{port}.evil.example"],
        &["origin: http://evil.example:{port}"],
        &["origin: file://"],
        &["origin: chrome-extension://abcdefghijklmnop"],
        &["origin: http://127.0.0.1:{port}", "origin: https://evil.example"],
        &["referer: https://evil.example/page"],
        &["referer: http://127.0.0.1:{port}@evil.example/"],
        &["referer: http://127.0.0.1.evil.example:{port}/"],
        &["sec-fetch-site: cross-site"],
        &["sec-fetch-site: same-site"],
        &["sec-fetch-site: cross-site", "origin: http://127.0.0.1:{port}"],
    ];
    let (alpha, keywheel) = guarded().await;
    for route in ROUTES.into_iter().chain(["OPTIONS /v1/chat/completions", "HEAD /status"]) {
        for page in pages {
            let lines = [page, &[JSON]].concat();
            let answer = send(&keywheel, &head(route, keywheel.port(), OWN_HOST, &lines)).await;
            assert_eq!(answer.status, Some(403), "{route} with {page:?}: {answer:?}");
            let is_readable = answer.text.to_lowercase().contains("access-control-allow-origin");
            assert!(!is_readable, "{route} with {page:?} may be read by the page: {answer:?}");
        }
    }
    assert_the_same_without_the_flaw_passes(&alpha, &keywheel).await;
}

#[tokio::test]
async fn a_body_that_a_form_could_send_is_refused() {
    let content_types: [&[&str]; 6] = [
        &[],
        &["content-type: text/plain"],
        &["content-type: text/plain; application/json"],
        &["content-type: application/x-www-form-urlencoded"],
        &["content-type: multipart/form-data; boundary=x"],
        &["content-type: application/jsonx"],
    ];
    let (alpha, keywheel) = guarded().await;
    for content_type in content_types {
        let head = head("POST /v1/chat/completions", keywheel.port(), OWN_HOST, content_type);
        let answer = send(&keywheel, &head).await;
        assert_eq!(answer.status, Some(415), "{content_type:?}: {answer:?}");
    }
    assert_the_same_without_the_flaw_passes(&alpha, &keywheel).await;
}

#[tokio::test]
async fn no_other_method_does_anything() {
    let (alpha, keywheel) = guarded().await;
    for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
        let route = format!("{method} /v1/chat/completions");
        let answer = send(&keywheel, &head(&route, keywheel.port(), OWN_HOST, &[JSON])).await;
        assert_eq!(answer.status, Some(405), "{route}: {answer:?}");
    }
    let tunnel = head("CONNECT evil.example:443", keywheel.port(), OWN_HOST, &[]);
    let answer = send(&keywheel, &tunnel).await;
    assert!(answer.status.is_none_or(|status| status >= 400), "{answer:?}");
    assert_the_same_without_the_flaw_passes(&alpha, &keywheel).await;
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_it_is_read() {
    let (alpha, keywheel) = guarded().await;
    let port = keywheel.port();
    let padding = format!("x-padding: {}", "x".repeat(20 << 10));
    let answer = send(&keywheel, &head("POST /v1/chat/completions", port, OWN_HOST, &[JSON, &padding])).await;
    assert!(matches!(answer.status, None | Some(431)), "a head over 16 KiB: {answer:?}");

    let head = head("POST /v1/chat/completions", port, OWN_HOST, &[JSON]);
    let limit_bytes: u64 = 64 << 20;
    let answer = send(&keywheel, &head.replace("2000", &(limit_bytes + 1).to_string())).await;
    assert_eq!(answer.status, Some(413), "a body over 64 MiB: {answer:?}");
    assert_the_same_without_the_flaw_passes(&alpha, &keywheel).await;
}

#[tokio::test]
async fn a_page_that_is_listed_may_call_and_no_other() {
    let alpha = Upstream::start(script("alpha", 1)).await;
    let builder = Keywheel::builder().provider(&alpha, 1);
    let keywheel = builder.server(r#"allowed_origins = ["http://localhost:3000"]"#).start().await;
    let from =
        |origin: &str| keywheel.chat(PLAIN).header("origin", origin).header("sec-fetch-site", "cross-site");
    let answer = collect(from("http://localhost:3000")).await.served();
    assert_eq!(answer.header("access-control-allow-origin"), "http://localhost:3000");
    collect(from("http://localhost:3001")).await.refused(403, "forbidden_origin");
    assert_eq!(alpha.requests(), 1);
}

#[tokio::test]
async fn a_body_can_not_send_a_key_elsewhere() {
    let (alpha, keywheel) = guarded().await;
    for field in ["api_base", "base_url", "api_key"] {
        let body = PLAIN.replacen('{', &format!("{{\"{field}\":\"http://127.0.0.1:9/v1\","), 1);
        let message = collect(keywheel.chat(body)).await.refused(400, "invalid_request");
        assert!(message.contains(field), "{message}");
    }
    assert_the_same_without_the_flaw_passes(&alpha, &keywheel).await;
}

#[tokio::test]
async fn a_body_that_is_no_request_is_refused_with_its_place() {
    let (alpha, keywheel) = guarded().await;
    for body in ["", "{", "[]", r#"{"model":"test"}"#, "{\"model\":\"test\",\n \"messages\":[}"] {
        let message = collect(keywheel.chat(body)).await.refused(400, "invalid_request");
        assert!(message.contains("line"), "{body}: {message}");
    }
    let deep = format!(r#"{{"model":"test","messages":{}{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
    collect(keywheel.chat(deep)).await.refused(400, "invalid_request");
    let unknown = PLAIN.replace("\"test\"", "\"tset\"");
    let message = collect(keywheel.chat(unknown)).await.refused(404, "model_not_found");
    assert!(message.contains("test"), "the nearest name is given: {message}");
    assert_the_same_without_the_flaw_passes(&alpha, &keywheel).await;
}

#[tokio::test]
async fn with_an_access_key_set_it_must_be_presented() {
    let alpha = Upstream::start(script("alpha", 1)).await;
    let builder = Keywheel::builder().provider(&alpha, 1).variable("PROXY_API_KEY", "canary-access-key");
    let keywheel = builder.start().await;
    collect(keywheel.chat(PLAIN)).await.refused(401, "invalid_api_key");
    for wrong in ["canary-access-kex", "canary-access-key-2", "x"] {
        collect(keywheel.chat(PLAIN).bearer_auth(wrong)).await.refused(401, "invalid_api_key");
    }
    for path in ["/v1/models", "/status"] {
        collect(keywheel.get(path)).await.refused(401, "invalid_api_key");
        collect(keywheel.get(path).bearer_auth("canary-access-key")).await.served();
    }
    assert_eq!(alpha.requests(), 0);
    collect(keywheel.chat(PLAIN).bearer_auth("canary-access-key")).await.served();
    collect(keywheel.chat(PLAIN).header("x-api-key", "canary-access-key")).await.served();
    assert_eq!(alpha.requests(), 2);
}

#[tokio::test]
async fn the_control_plane_asks_for_its_token() {
    let alpha = Upstream::start(script("alpha", 1)).await;
    let builder =
        Keywheel::builder().provider(&alpha, 1).variable("KEYWHEEL_ADMIN_TOKEN", "canary-admin-token");
    let keywheel = builder.start().await;
    assert_eq!(collect(keywheel.get("/api/state")).await.status, 401);
    assert_eq!(collect(keywheel.get("/api/state").bearer_auth("canary-admin-tokem")).await.status, 401);
    assert_eq!(collect(keywheel.get("/api/state?token=canary-admin-token")).await.status, 401);
    let state = collect(keywheel.get("/api/state").bearer_auth("canary-admin-token")).await.served().json();
    assert_eq!(state["rotation"]["total_keys"], 1);
}

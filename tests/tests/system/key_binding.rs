//! A key goes to its own provider's address and nowhere else.

use http::{HeaderMap, HeaderValue, StatusCode, header};
use keywheel_simulator::{Fault, Scope};

use crate::harness::{Keywheel, PLAIN, STREAM, Upstream, collect, script};

#[tokio::test]
async fn a_redirect_of_the_upstream_is_not_followed() {
    let (alpha, thief) =
        (Upstream::start(script("alpha", 2)).await, Upstream::start(script("alpha", 2)).await);
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    let location = format!("{}/chat/completions", thief.base_url());
    let headers = HeaderMap::from_iter([(header::LOCATION, HeaderValue::from_str(&location).unwrap())]);
    for code in [301, 302, 303, 307, 308] {
        let status = StatusCode::from_u16(code).unwrap();
        let fault = Fault::Status { status, body: None, headers: headers.clone() };
        for body in [PLAIN, STREAM] {
            alpha.push_fault(Scope::AnyKey, fault.clone(), 1);
            let answer = collect(keywheel.chat(body)).await;
            assert!(
                !answer.headers.contains_key(header::LOCATION),
                "{code}: the client is not sent there either"
            );
        }
    }
    assert_eq!(alpha.counters().total().faulted, 10, "every redirect was met");
    assert_eq!(thief.requests(), 0);
}

#[tokio::test]
async fn keys_and_headers_of_one_side_never_reach_the_other() {
    let (alpha, beta) = (Upstream::start(script("alpha", 1)).await, Upstream::start(script("beta", 1)).await);
    let keywheel = Keywheel::builder().provider(&alpha, 1).provider(&beta, 2).start().await;
    for provider in ["alpha", "beta"] {
        let body = PLAIN.replace("\"test\"", &format!("\"{provider}/demo-chat\""));
        let request = keywheel.chat(body).bearer_auth("canary-of-the-client").header("cookie", "canary=1");
        collect(request.header("x-api-key", "canary-of-the-client")).await.served();
    }
    for upstream in [&alpha, &beta] {
        let exchange = upstream.exchanges().pop().expect("it was asked");
        let own = format!("Bearer canary-{}-1", upstream.id());
        assert_eq!(exchange.request_headers[header::AUTHORIZATION], own.as_str());
        let headers = format!("{:?}", exchange.request_headers);
        assert!(!headers.contains("canary-of-the-client") && !headers.contains("canary=1"), "{headers}");
    }
}

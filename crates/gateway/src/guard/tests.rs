use http::Request;

use super::*;

fn guard(access_key: Option<&str>) -> Guard {
    let hosts = ["Box.lan:8000".to_owned()];
    let origins = ["http://localhost:3000".to_owned()];
    Guard::new(
        [127, 0, 0, 1].into(),
        8000,
        &hosts,
        &origins,
        access_key.map(|key| Secret::new(key.to_owned())),
    )
}

fn head(uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).expect("a valid request").into_parts().0
}

#[track_caller]
fn check(headers: &[(&str, &str)], expected: Result<(), Refusal>) {
    assert_eq!(guard(None).check_caller(&head("/v1/models", headers)), expected, "{headers:?}");
}

#[test]
fn only_our_own_names_are_hosts() {
    for host in ["127.0.0.1:8000", "localhost:8000", "LOCALHOST:8000", "[::1]:8000", "box.lan:8000"] {
        check(&[("host", host)], Ok(()));
    }
    for host in [
        "localhost",
        "localhost:8001",
        "localhost.:8000",
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.nip.io:8000",
        "0.0.0.0:8000",
        "192.168.1.2:8000",
        "",
        "localhost:8000, localhost:8000",
        "user@localhost:8000",
    ] {
        check(&[("host", host)], Err(Refusal::Host));
    }
    check(&[], Err(Refusal::Host));
    check(&[("host", "localhost:8000"), ("host", "localhost:8000")], Err(Refusal::Host));
    let other_target = head("http://evil.example/v1/models", &[("host", "localhost:8000")]);
    assert_eq!(
        guard(None).check_caller(&other_target),
        Err(Refusal::Host),
        "the target must agree with Host"
    );
}

#[test]
fn foreign_pages_are_turned_away() {
    let host = ("host", "localhost:8000");
    for origin in ["http://localhost:8000", "http://localhost:3000"] {
        check(&[host, ("origin", origin)], Ok(()));
    }
    for origin in [
        "null",
        "http://evil.example",
        "https://localhost:8000",
        "http://localhost",
        "http://127.0.0.1:8000",
        "",
    ] {
        check(&[host, ("origin", origin)], Err(Refusal::Origin));
    }
    check(
        &[host, ("origin", "http://localhost:8000"), ("origin", "http://evil.example")],
        Err(Refusal::Origin),
    );
    check(&[host, ("referer", "http://localhost:8000/ui/?x#y")], Ok(()));
    check(&[host, ("referer", "http://localhost:8000.evil.example/")], Err(Refusal::Origin));
    check(&[host, ("referer", "http://evil.example/http://localhost:8000/")], Err(Refusal::Origin));
}

#[test]
fn fetch_metadata_must_fit() {
    let host = ("host", "localhost:8000");
    for site in ["same-origin", "none"] {
        check(&[host, ("sec-fetch-site", site)], Ok(()));
    }
    for site in ["cross-site", "same-site", "anything"] {
        check(&[host, ("sec-fetch-site", site)], Err(Refusal::Origin));
    }
    check(&[host, ("origin", "http://localhost:3000"), ("sec-fetch-site", "same-site")], Ok(()));
}

#[test]
fn an_access_key_is_asked_for_in_every_place_a_client_puts_it() {
    let keyed = guard(Some("open-sesame"));
    let access = |uri: &str, headers: &[(&str, &str)]| keyed.check_access(&head(uri, headers));
    assert_eq!(access("/", &[("authorization", "Bearer open-sesame")]), Ok(()));
    assert_eq!(access("/", &[("authorization", "bearer  open-sesame")]), Ok(()));
    assert_eq!(access("/", &[("x-api-key", "open-sesame")]), Ok(()));
    assert_eq!(access("/", &[("x-goog-api-key", "open-sesame")]), Ok(()));
    assert_eq!(access("/?alt=sse&key=open-sesame", &[]), Ok(()));
    for wrong in ["Bearer open", "Basic open-sesame", "open-sesame", "Bearer "] {
        assert_eq!(access("/", &[("authorization", wrong)]), Err(Refusal::AccessKey), "{wrong}");
    }
    assert_eq!(access("/", &[]), Err(Refusal::AccessKey));
    assert_eq!(guard(None).check_access(&head("/", &[])), Ok(()), "no key set: any is accepted");
}

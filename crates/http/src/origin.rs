//! Which names may be used for us, and which pages may speak to us.

use std::net::IpAddr;

use axum::http::{HeaderMap, Uri, header};
use groma_api::{ApiError, ErrorCode};

use crate::EdgeOptions;
use crate::peer::Peer;

/// Refuses a request under a name that is not ours: another site's name that was made to point here
/// (DNS rebinding) would make its page "same origin".
pub(crate) fn host(headers: &HeaderMap, peer: Option<Peer>, options: &EdgeOptions) -> Result<(), ApiError> {
    let local = match peer {
        // No browser can speak to the socket.
        Some(Peer::User { .. }) => return Ok(()),
        Some(Peer::Tcp { local, .. }) => Some(local),
        None => None,
    };
    let given = host_header(headers)?;
    let (name, _) = split_port(given);
    if is_loopback(name)
        || options.allowed_hosts.iter().any(|allowed| bare(allowed).eq_ignore_ascii_case(bare(name)))
    {
        return Ok(());
    }
    let address: Option<IpAddr> = bare(name).parse().ok();
    if address.is_some() && address == local.map(|local| local.to_canonical()) {
        return Ok(());
    }
    let detail = "the Host header names a host that Groma does not serve: use its address, or add the name to `allowed_hosts`";
    Err(ApiError::new(ErrorCode::Forbidden, detail).at("Host"))
}

/// Refuses a request whose target names another host than its Host header: which of the two counts is what proxies and
/// servers have disagreed on before.
pub(crate) fn target(uri: &Uri, headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(authority) = uri.authority() else { return Ok(()) };
    if host_header(headers)?.eq_ignore_ascii_case(authority.as_str()) {
        return Ok(());
    }
    Err(ApiError::invalid(
        "Host",
        "the request's target names another host than its Host header: send one name",
    ))
}

/// Returns whether browsers may be told to use nothing but https under the name of this request. They would do so for
/// every port, which other programs of this machine could not bear under the name `localhost`.
pub(crate) fn may_insist_on_tls(headers: &HeaderMap) -> bool {
    let name = host_header(headers).map_or("", |host| split_port(host).0);
    let local = name.rsplit('.').next().unwrap_or_default();
    !name.is_empty() && !local.eq_ignore_ascii_case("localhost") && bare(name).parse::<IpAddr>().is_err()
}

/// Refuses anything but a request that our own page made.
pub(crate) fn same(headers: &HeaderMap, secure: bool) -> Result<(), ApiError> {
    if headers.get(header::ORIGIN).is_none() {
        let detail = "a signed-in browser has to send an Origin header with this: use the page, or a token";
        return Err(ApiError::new(ErrorCode::Forbidden, detail));
    }
    not_foreign(headers, secure)
}

/// Refuses a request that says it comes from another site's page.
pub(crate) fn not_foreign(headers: &HeaderMap, secure: bool) -> Result<(), ApiError> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    let (scheme, port) = if secure { ("https", "443") } else { ("http", "80") };
    let host = host_header(headers)?;
    let same = origin.split_once("://").is_some_and(|(given, authority)| {
        let (name, at) = split_port(authority);
        let (own, own_at) = split_port(host);
        given.eq_ignore_ascii_case(scheme)
            && name.eq_ignore_ascii_case(own)
            && at.unwrap_or(port) == own_at.unwrap_or(port)
    });
    if same {
        return Ok(());
    }
    let detail = "the request comes from another site's page (Origin and Host differ)";
    Err(ApiError::new(ErrorCode::Forbidden, detail))
}

fn host_header(headers: &HeaderMap) -> Result<&str, ApiError> {
    let mut values = headers.get_all(header::HOST).iter();
    match (values.next().and_then(|value| value.to_str().ok()), values.next()) {
        (Some(host), None) if !host.is_empty() => Ok(host),
        _ => Err(ApiError::invalid("Host", "the request needs exactly one Host header")),
    }
}

/// Splits `name:port`; a colon inside brackets belongs to an IPv6 address.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (authority, None),
    }
}

fn bare(name: &str) -> &str {
    name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name)
}

fn is_loopback(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost")
        || bare(name).parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests;

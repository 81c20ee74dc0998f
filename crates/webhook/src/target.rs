//! Where a webhook's events go.

use std::net::IpAddr;

use hyper::Uri;
use url::{Host, Url};

use crate::guard;

/// The longest URL, in characters.
const URL_MAX: usize = 2048;

/// Reads a URL and refuses what deliveries may not go to, as far as that can be told without asking for names.
///
/// # Errors
/// With what is wrong and what to do.
pub(crate) fn parse(text: &str, allow_private: bool) -> Result<Uri, String> {
    if text.chars().count() > URL_MAX {
        return Err(format!("the URL is longer than {URL_MAX} characters"));
    }
    let url = Url::parse(text).map_err(|error| format!("not a URL: {error}"))?;
    match url.scheme() {
        "https" => {}
        "http" if allow_private => {}
        "http" => {
            return Err("events would travel unencrypted: use https, or allow private targets for a receiver in your own network"
                .to_owned());
        }
        other => return Err(format!("`{other}` is not a scheme of webhooks: use https")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a URL with a user name or password is not taken: receivers know Groma by its signature"
            .to_owned());
    }
    if url.fragment().is_some() {
        return Err("a URL with a `#` part is not taken: receivers never see it".to_owned());
    }
    if url.port() == Some(0) {
        return Err("port 0 is nobody's".to_owned());
    }
    match url.host() {
        Some(Host::Ipv4(address)) => refuse(address.into(), allow_private)?,
        Some(Host::Ipv6(address)) => refuse(address.into(), allow_private)?,
        Some(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            // `0..` is nobody's name, and no two resolvers agree on what else it is.
            if name.split('.').any(str::is_empty) {
                return Err("the URL's host is not a name: something is missing between its dots".to_owned());
            }
            if !allow_private && (name == "localhost" || name.ends_with(".localhost")) {
                return Err(refusal(name, "this machine itself"));
            }
        }
        None => return Err("the URL has no host".to_owned()),
    }
    url.as_str().parse().map_err(|_| "the URL has characters that HTTP does not take".to_owned())
}

fn refuse(address: IpAddr, allow_private: bool) -> Result<(), String> {
    guard::check(address, allow_private).map_err(|what| refusal(&address.to_string(), what))
}

/// Says why a delivery does not go to a host.
pub(crate) fn refusal(host: &str, what: &str) -> String {
    format!(
        "{host} is {what}: events go to public addresses, to private ones only where that is allowed, and never to metadata"
    )
}

#[cfg(test)]
mod tests;

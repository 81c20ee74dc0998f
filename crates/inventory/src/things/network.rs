//! Hosts and their services as things.

use std::net::IpAddr;

use groma_model::network::Protocol;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Document, Thing};

pub(crate) const HOST: &str = "network.host";
pub(crate) const SERVICE: &str = "network.service";

/// What one scan saw of a host, as its record keeps it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Seen {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<IpAddr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hostname: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) response_time_ms: Option<f64>,
}

impl Document {
    /// Returns what is known of a host.
    pub(crate) fn host(address: IpAddr, hostname: Option<&str>) -> Self {
        let mut document = Self { name: address.to_string(), ..Self::default() };
        document.attributes.insert("address".to_owned(), address.to_string().into());
        document.identifiers.push(address.to_string());
        if let Some(hostname) = hostname {
            document.call(hostname);
        }
        document
    }

    /// Returns what is known of a service.
    pub(crate) fn service(address: IpAddr, protocol: Protocol, port: u16) -> Self {
        let name = match address {
            IpAddr::V4(address) => format!("{address}:{port}/{}", protocol.as_str()),
            IpAddr::V6(address) => format!("[{address}]:{port}/{}", protocol.as_str()),
        };
        let mut document = Self { name, ..Self::default() };
        document.attributes.insert("port".to_owned(), port.into());
        document.attributes.insert("protocol".to_owned(), protocol.as_str().into());
        document
    }

    /// Gives a host a name.
    pub(crate) fn call(&mut self, hostname: &str) {
        if let Some(old) = self.attributes.insert("hostname".to_owned(), hostname.into()) {
            self.identifiers.retain(|known| Some(known.as_str()) != old.as_str());
        }
        self.identifiers.push(hostname.to_owned());
        hostname.clone_into(&mut self.name);
    }
}

impl Thing {
    /// Returns a host's address.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        self.document.attributes.get("address")?.as_str()?.parse().ok()
    }

    /// Returns a host's name.
    pub(crate) fn hostname(&self) -> Option<&str> {
        self.document.attributes.get("hostname")?.as_str()
    }

    /// Returns what a scan's record keeps of it.
    pub(crate) fn seen(&self) -> Seen {
        Seen {
            address: self.address(),
            hostname: self.hostname().map(str::to_owned),
            response_time_ms: self.readings.get("response_time_ms").and_then(Value::as_f64),
        }
    }

    /// Returns the JSON pointer of a service within its host, such as `/services/tcp/22`; empty for a host.
    pub(crate) fn path(&self) -> String {
        match self.port {
            Some((protocol, port)) => format!("/services/{}/{port}", protocol.as_str()),
            None => String::new(),
        }
    }

    /// Returns what the events of hosts show of it.
    pub(crate) fn event_document(&self) -> Value {
        let mut document = serde_json::Map::new();
        for field in ["address", "hostname"] {
            if let Some(value) = self.document.attributes.get(field) {
                document.insert(field.to_owned(), value.clone());
            }
        }
        document.insert("state".to_owned(), self.state.clone().into());
        document.into()
    }
}

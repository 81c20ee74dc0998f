//! From targets to blocks of addresses: names are resolved, and everything is checked once more.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use futures::StreamExt;
use groma_model::Payload;
use groma_model::network::{ErrorType, subnet_of};
use groma_model::task::Plan;
use groma_task::{Job, PlanError, TaskContext};

use super::detail::{Block, Detail};
use super::parts::parts;
use super::{NetworkScan, payload};
use crate::address::{AddressRange, AddressSet};
use crate::order::{derive, shuffle};
use crate::scope::{is_private, is_unicast};

/// Addresses in a block at most.
const BLOCK: u64 = 64;
/// How long a name may take.
const RESOLVE_PATIENCE: Duration = Duration::from_secs(5);
/// Names asked for at once.
const RESOLVE_CONCURRENCY: usize = 16;

/// A name and what came of it.
type Resolved = (String, Result<Vec<IpAddr>, String>);

impl NetworkScan {
    pub(super) async fn make_plan(&self, cx: &TaskContext) -> Result<Plan, PlanError> {
        let checked = &self.checked;
        let mut warnings = Vec::new();
        let excluded = self.resolve_excluded(cx).await?;
        let mut names: BTreeMap<IpAddr, String> = BTreeMap::new();
        for (name, found) in resolve(&checked.names).await {
            match found {
                Ok(addresses) => self.admit(cx, &name, addresses, &excluded, &mut names, &mut warnings),
                Err(reason) => warnings.push(unresolved(cx, &name, &reason)),
            }
        }
        let named: AddressSet = names.keys().map(|address| AddressRange::single(*address)).collect();
        let all: AddressSet = checked
            .addresses
            .ranges()
            .iter()
            .chain(named.ranges())
            .copied()
            .collect::<AddressSet>()
            .without(&excluded);
        let hosts = u64::try_from(all.count()).unwrap_or(u64::MAX);
        if hosts == 0 {
            let message = "nothing to scan: no target has an address that may be scanned".to_owned();
            warnings.push(self.error(cx.id, &message, true, cx.clock.now()));
            return Err(PlanError { message, events: warnings });
        }
        let asked = parts(&all);
        let seed = rand::random::<u64>();
        let mut units = Vec::new();
        for (number, ranges) in all.blocks(BLOCK).into_iter().enumerate() {
            let block = Block {
                names: names_within(&names, &ranges),
                slices: slices_within(&asked, &ranges),
                ranges: ranges.iter().map(|range| (range.first(), range.count() as u64)).collect(),
                seed: derive(seed, number as u64),
            };
            units.push(Detail::Discover(block).spec(format!("discover/{number}")));
        }
        shuffle(&mut units, seed);
        Ok(Plan { units, tally: self.totals(hosts), warnings })
    }

    /// Resolves the excluded names; one that has no address fails the scan, since it might be scanned otherwise.
    async fn resolve_excluded(&self, cx: &TaskContext) -> Result<AddressSet, PlanError> {
        let mut ranges: Vec<AddressRange> = self.checked.excluded.ranges().to_vec();
        for (name, found) in resolve(&self.checked.excluded_names).await {
            match found {
                Ok(addresses) => ranges.extend(addresses.into_iter().map(AddressRange::single)),
                Err(reason) => {
                    let message = format!(
                        "resolving the excluded host {name}: {reason}; exclude its address instead, or nothing keeps it from being scanned"
                    );
                    let fatal = self.error(cx.id, &message, true, cx.clock.now());
                    return Err(PlanError { message, events: vec![unresolved(cx, &name, &reason), fatal] });
                }
            }
        }
        Ok(ranges.into_iter().collect())
    }

    /// Takes in the addresses of a name that may be scanned, and warns of the others.
    fn admit(
        &self,
        cx: &TaskContext,
        name: &str,
        addresses: Vec<IpAddr>,
        excluded: &AddressSet,
        names: &mut BTreeMap<IpAddr, String>,
        warnings: &mut Vec<Payload>,
    ) {
        for address in addresses {
            let refused = if !is_unicast(address) {
                Some("it stands for no single host")
            } else if !self.checked.request.allow_public && !is_private(address) {
                Some("it is not in a private network; scan it only if you may, with allow_public")
            } else {
                None
            };
            if let Some(reason) = refused {
                let message = format!("{name} has the address {address}, which is left out: {reason}");
                let context = BTreeMap::from([
                    ("target".to_owned(), name.to_owned()),
                    ("address".to_owned(), address.to_string()),
                ]);
                warnings.push(payload::error(
                    cx.id,
                    ErrorType::Permission,
                    &message,
                    context,
                    cx.clock.now(),
                ));
            } else if !excluded.contains(address) {
                names.entry(address).or_insert_with(|| name.to_owned());
            }
        }
    }
}

fn names_within(names: &BTreeMap<IpAddr, String>, ranges: &[AddressRange]) -> BTreeMap<IpAddr, String> {
    let within = ranges.iter().flat_map(|range| names.range(range.first()..=range.last()));
    within.map(|(address, name)| (*address, name.clone())).collect()
}

/// Returns the parts of those subnets of which a block has addresses.
fn slices_within(asked: &BTreeMap<String, String>, ranges: &[AddressRange]) -> BTreeMap<String, String> {
    let subnets = ranges.iter().flat_map(|range| range.iter()).map(subnet_of);
    subnets
        .filter_map(|subnet| asked.get_key_value(&subnet))
        .map(|(subnet, part)| (subnet.clone(), part.clone()))
        .collect()
}

async fn resolve(names: &[String]) -> Vec<Resolved> {
    let lookups = names.iter().cloned().map(|name| async move {
        let found = lookup(&name).await;
        (name, found)
    });
    futures::stream::iter(lookups).buffered(RESOLVE_CONCURRENCY).collect().await
}

async fn lookup(name: &str) -> Result<Vec<IpAddr>, String> {
    let asked = tokio::time::timeout(RESOLVE_PATIENCE, tokio::net::lookup_host((name, 0)));
    let found = asked.await.map_err(|_| format!("no answer within {} s", RESOLVE_PATIENCE.as_secs()))?;
    let mut addresses: Vec<IpAddr> =
        found.map_err(|error| error.to_string())?.map(|socket| socket.ip().to_canonical()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    if addresses.is_empty() { Err("it has no address".to_owned()) } else { Ok(addresses) }
}

fn unresolved(cx: &TaskContext, name: &str, reason: &str) -> Payload {
    let message = format!("resolving {name}: {reason}");
    let context = BTreeMap::from([("target".to_owned(), name.to_owned())]);
    payload::error(cx.id, ErrorType::Resolution, &message, context, cx.clock.now())
}

//! The unit that looks for hosts in a block of addresses by TCP ping.

use std::collections::BTreeMap;
use std::net::IpAddr;

use groma_model::network::{ErrorType, subnet_of};
use groma_model::task::{Tally, UnitDone};
use groma_task::{UnitContext, UnitError};

use super::detail::{Block, HostDetail};
use super::host::{gone, starved};
use super::{NetworkScan, payload, tally};
use crate::order::{derive, shuffle};
use crate::probe::{Running, SweepEnd};

/// Ports at which most hosts answer, be it by a refusal: web first, then shells, file and screen sharing.
const PING_PORTS: [u16; 8] = [443, 80, 22, 445, 3389, 8080, 53, 62_078];

impl NetworkScan {
    pub(super) async fn discover(&self, cx: &UnitContext, block: Block) -> Result<UnitDone, UnitError> {
        let mut addresses = block.addresses();
        shuffle(&mut addresses, block.seed);
        if !self.checked.request.discovery {
            let next = addresses.into_iter().map(|address| host(&block, address, None).into_spec()).collect();
            return Ok(UnitDone { tally: Tally::default(), next });
        }
        let stop = cx.task.cancel.clone();
        let places = stop.run_until_cancelled(self.neighbours().places_for(&addresses)).await;
        let Some(places) = places else { return Err(UnitError::Stopped) };
        let looked = stop.run_until_cancelled(self.look(cx, &block, &addresses)).await;
        if let Some(places) = places {
            let up = looked
                .as_ref()
                .and_then(|done| done.as_ref().ok())
                .map_or(addresses.len(), |done| done.next.len());
            places.give_back_later(up);
        }
        looked.unwrap_or(Err(UnitError::Stopped))
    }

    async fn look(
        &self,
        cx: &UnitContext,
        block: &Block,
        addresses: &[IpAddr],
    ) -> Result<UnitDone, UnitError> {
        let prober = self.prober()?;
        let pings: Vec<(IpAddr, Running)> =
            addresses.iter().map(|address| (*address, prober.ping(*address, &PING_PORTS))).collect();
        let (mut findings, mut next) = (Vec::new(), Vec::new());
        let (mut down, mut unreachable) = (0, Vec::new());
        for (address, mut ping) in pings {
            let mut heard = None;
            let mut no_route = false;
            loop {
                let Some(report) = ping.reports.recv().await else { return Err(gone()) };
                heard = heard.or(report.heard);
                no_route |= report.no_route;
                match report.end {
                    Some(SweepEnd::Done) => break,
                    Some(SweepEnd::Starved) => return Err(starved(address)),
                    None => {}
                }
            }
            match heard {
                Some(rtt) => {
                    let response_time_ms = rtt.as_secs_f64() * 1000.0;
                    let found = host(block, address, Some(response_time_ms));
                    findings.push(found.found(response_time_ms, cx.task.clock.now()));
                    next.push(found.into_spec());
                }
                None => down += 1,
            }
            if no_route && heard.is_none() {
                unreachable.push(address);
            }
        }
        // Told here already: the units of these hosts may wait until all blocks are looked through.
        cx.record(findings).await?;
        if let Some(first) = unreachable.first() {
            self.tell_unreachable(cx, *first, unreachable.len()).await?;
        }
        let tally = Tally::default()
            .with(tally::ADDRESSES, addresses.len() as i64)
            .with(tally::HOSTS_SCANNED, down)
            .with(tally::PORTS_TOTAL, -down.saturating_mul(self.ports_each()));
        Ok(UnitDone { tally, next })
    }

    async fn tell_unreachable(&self, cx: &UnitContext, first: IpAddr, count: usize) -> Result<(), UnitError> {
        let message = match count {
            1 => format!("looking for {first}: this machine has no route to it"),
            _ => format!("looking for {first} and {} others: this machine has no route to them", count - 1),
        };
        let context = BTreeMap::from([
            ("address".to_owned(), first.to_string()),
            ("count".to_owned(), count.to_string()),
        ]);
        let event =
            payload::error(cx.task.id, ErrorType::Unreachable, &message, context, cx.task.clock.now());
        Ok(cx.emit(event).await?)
    }
}

fn host(block: &Block, address: IpAddr, response_time_ms: Option<f64>) -> HostDetail {
    let number = match address {
        IpAddr::V4(v4) => u64::from(u32::from(v4)),
        IpAddr::V6(v6) => u128::from(v6) as u64,
    };
    HostDetail {
        address,
        hostname: block.names.get(&address).cloned(),
        slice: block.slices.get(&subnet_of(address)).cloned(),
        response_time_ms,
        seed: derive(block.seed, number),
    }
}

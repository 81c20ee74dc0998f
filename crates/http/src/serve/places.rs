//! How many connections each source has.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::peer::Source;

/// Connections by source. It holds no more entries than there are connections.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    taken: Arc<Mutex<HashMap<Source, usize>>>,
}

/// A connection that counts for its source until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    source: Source,
}

impl Places {
    /// Takes a place for one more connection of `address`, unless it has `max` already.
    pub(super) fn take(&self, address: IpAddr, max: usize) -> Option<Place> {
        let source = Source::of(address);
        let mut taken = self.taken.lock();
        let count = taken.entry(source).or_default();
        if *count >= max {
            return None;
        }
        *count += 1;
        Some(Place { places: self.clone(), source })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock();
        if let Some(count) = taken.get_mut(&self.source) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back() {
        let places = Places::default();
        let address: IpAddr = "10.0.0.1".parse().unwrap();
        let first = places.take(address, 2).unwrap();
        let second = places.take("::ffff:10.0.0.1".parse().unwrap(), 2).unwrap();
        assert!(places.take(address, 2).is_none());
        assert!(places.take("10.0.0.2".parse().unwrap(), 2).is_some());
        drop(first);
        assert!(places.take(address, 2).is_some());
        drop(second);
        assert!(places.taken.lock().is_empty());
    }
}

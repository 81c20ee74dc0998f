//! A peer in the same run: nats-server with JetStream in files, told to sync every write, as a journal must.

mod server;

use std::path::Path;
use std::time::Instant;

use groma_model::TaskId;

use self::server::NatsServer;
use crate::crowd::{Crowd, Source};
use crate::delivery::{READERS, figure};
use crate::load::{CUSTOM, Plugin};
use crate::nats::{Publisher, payload};
use crate::readers::micros;
use crate::report::{Report, Table};
use crate::server::Server;
use crate::spread::{Spread, number};
use crate::world::World;
use crate::{Done, sample, say};

pub(crate) use self::server::find;

/// Events per batch, and batches timed per round.
const SIZES: [(usize, usize); 3] = [(1, 200), (100, 30), (1_000, 10)];
/// Events that every reader is given in one round, and how many of them are published at once.
const FANNED: u64 = 2_000;
const AT_ONCE: u64 = 100;
const SUBJECT: &str = "measured";

/// Who is measured, and who measures.
struct Sides {
    world: World,
    groma: Server,
    token: String,
    plugin: Plugin,
    nats: NatsServer,
    publisher: Publisher,
}

/// Measures both systems in all rounds.
pub(crate) async fn measure(
    root: &Path,
    binary: &Path,
    nats: &Path,
    rounds: usize,
    report: &mut Report,
) -> Done {
    let groma = Server::start(binary, &root.join("peer-groma"))?;
    let token = groma.token(&["read", "operate", "admin"])?;
    let plugin = Plugin::new(&groma, &token)?;
    let nats = NatsServer::start(nats, &root.join("peer-nats"))?;
    let mut publisher = Publisher::connect(nats.address)?;
    publisher.create_stream("MEASURED", SUBJECT)?;
    let world = World::open(&root.join("peer-world")).await?;
    let mut sides = Sides { world, groma, token, plugin, nats, publisher };
    durable(&mut sides, rounds, report).await?;
    fan_out(&mut sides, rounds, report)?;
    sides.world.close()
}

/// Publishing until it is on disk, one batch after another.
async fn durable(sides: &mut Sides, rounds: usize, report: &mut Report) -> Done {
    let title = format!(
        "Durable publishing, batch after batch, beside {} with `sync_interval: always`",
        sides.nats.version
    );
    let head = [
        "events per batch",
        "ours in the process, sealed, events/s",
        "ours by `POST /v1/events`, events/s",
        "JetStream, each acknowledged, messages/s",
        "JetStream, atomic batches, messages/s",
        "ratio (in the process ÷ better of JetStream)",
        "ratio (`POST` ÷ better of JetStream)",
    ];
    let mut table = Table::new(&title, &head);
    for (size, batches) in SIZES {
        let mut columns: [Vec<f64>; 6] = Default::default();
        for _ in 0..rounds {
            let scan = TaskId::now();
            let mut took = [0.0; 4];
            for batch in 0..batches {
                let events = sample::events(scan, size);
                let payloads: Vec<_> =
                    (0..size).map(|index| payload(micros(), index as u64, sample::WIRE_BYTES)).collect();
                // There and back: what one leaves for the disk to do must not always meet the same other.
                let mut order = [0, 1, 2, 3];
                if batch % 2 == 1 {
                    order.reverse();
                }
                let mut events = Some(events);
                for side in order {
                    let begun = Instant::now();
                    match side {
                        0 => sides.world.emit(events.take().unwrap_or_default()).await?,
                        1 => sides.plugin.publish(size as u64)?,
                        2 => sides.publisher.publish(SUBJECT, &payloads)?,
                        _ => sides.publisher.publish_batch(SUBJECT, &payloads)?,
                    }
                    took[side] += begun.elapsed().as_secs_f64();
                }
            }
            let [inside, posted, each, atomic] = took.map(|took| (size * batches) as f64 / took);
            let theirs = each.max(atomic);
            let cells = [inside, posted, each, atomic, inside / theirs, posted / theirs];
            columns.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell));
        }
        let spreads = columns.each_ref().map(|column| Spread::of(column));
        let mut row = vec![number(size as f64, 0)];
        row.extend(
            spreads.iter().enumerate().map(|(index, spread)| spread.show(if index < 4 { 0 } else { 2 })),
        );
        say(&format!("peer, batches of {size}: {}", row.join(" | ")));
        table.row(row);
    }
    report.table(table);
    Ok(())
}

/// Publishing as fast as it goes to a thousand readers on sockets.
fn fan_out(sides: &mut Sides, rounds: usize, report: &mut Report) -> Done {
    let head = ["", "deliveries/s", "p50, ms", "p99, ms"];
    let mut table = Table::new(
        "Fan-out to 1,000 clients on sockets, 100 events published at once, one after another",
        &head,
    );
    let mut columns: [[Vec<f64>; 3]; 2] = Default::default();
    let mut ratios = Vec::new();
    for _ in 0..rounds {
        let path = format!("/v1/events?types={CUSTOM}");
        let source = Source::Events { path: &path, token: &sides.token };
        let crowd = Crowd::gather(sides.groma.address, source, READERS, Some(FANNED))?;
        let begun = micros();
        for _ in 0..FANNED / AT_ONCE {
            sides.plugin.publish(AT_ONCE)?;
        }
        let ours = outcome(crowd, begun)?;
        let crowd = Crowd::gather(sides.nats.address, Source::Subject(SUBJECT), READERS, Some(FANNED))?;
        let begun = micros();
        for batch in 0..FANNED / AT_ONCE {
            let numbers = batch * AT_ONCE..(batch + 1) * AT_ONCE;
            let payloads: Vec<_> =
                numbers.map(|number| payload(micros(), number, sample::WIRE_BYTES)).collect();
            sides.publisher.publish(SUBJECT, &payloads)?;
        }
        let theirs = outcome(crowd, begun)?;
        ratios.push(ours[0] / theirs[0]);
        for (columns, cells) in columns.iter_mut().zip([ours, theirs]) {
            columns.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell));
        }
    }
    let names =
        ["ours: SSE, once they are on disk", "nats-server: core subscribers, whom it serves before the disk"];
    for (name, [rate, p50, p99]) in names.iter().zip(&columns) {
        let (rate, p50, p99) = (Spread::of(rate), Spread::of(p50), Spread::of(p99));
        table.row(vec![(*name).to_owned(), rate.show(0), p50.show(1), p99.show(1)]);
    }
    let ratio = Spread::of(&ratios).show(2);
    say(&format!("peer, fan-out: ratio {ratio}"));
    table.row(vec!["ratio".to_owned(), ratio, String::new(), String::new()]);
    report.table(table);
    Ok(())
}

/// Returns deliveries per second since `begun`, and the middle and the late latency in milliseconds.
fn outcome(crowd: Crowd, begun: i64) -> Done<[f64; 3]> {
    let figures = crowd.figures()?;
    let seconds = (figure(&figures, "ended")? - begun as f64) / 1e6;
    Ok([
        figure(&figures, "deliveries")? / seconds,
        figure(&figures, "p50")? / 1e3,
        figure(&figures, "p99")? / 1e3,
    ])
}

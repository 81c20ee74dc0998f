//! Measures the index over synthetic documents and vectors: `cargo run --release -p groma-search --example measure --
//! [vectors|memory] [COUNT…]`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "it prints what it measured, and ends when it cannot"
)]
#![allow(unreachable_pub, reason = "the made-up world is shared with the tests")]

#[path = "../src/clusters.rs"]
mod clusters;
#[path = "../tests/support/world.rs"]
mod world;

use std::time::{Duration, Instant};

use clusters::Clusters;
use groma_search::{
    Approximate, Bitmap, Exact, Filter, Index, Order, Query, SavedVectors, Sort, SortKey, TagFilter,
    VectorIndex, VectorLimits,
};
use world::{document, id};

fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1024
}

/// Returns the processor time of all threads so far, in milliseconds, by steps of ten.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) * 10.0
}

/// Prints how long something takes, and how much of the processors: the latter says more on a machine that is busy.
fn timed<T>(name: &str, rounds: usize, mut run: impl FnMut(usize) -> T) {
    let before = processor();
    let mut times: Vec<Duration> = (0..rounds)
        .map(|round| {
            let start = Instant::now();
            let _ = std::hint::black_box(run(round));
            start.elapsed()
        })
        .collect();
    let used = (processor() - before) / rounds as f64;
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1e3;
    println!("  {name:<48} p50 {:8.2} ms  p99 {:8.2} ms  processor {used:8.2} ms", at(0.5), at(0.99));
}

fn documents(count: usize) {
    let mut random = fastrand::Rng::with_seed(1);
    println!("{count} synthetic documents");
    let documents: Vec<_> = (0..count).map(|number| document(number, &mut random)).collect();
    let clusters = Clusters::new(200, 0.6, &mut random);
    let before = memory();
    let index = Index::new();
    let start = Instant::now();
    index.upsert(documents);
    println!("  catalogue {:.2} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    index.build_words();
    println!("  words {:.2} s", start.elapsed().as_secs_f64());
    println!(
        "  estimated {} bytes a document; RSS of the process {} MiB, with the documents given in {} MiB",
        index.bytes() / count,
        memory(),
        before
    );
    let start = Instant::now();
    for batch in 0..count.div_ceil(1000) {
        let numbers = batch * 1000..((batch + 1) * 1000).min(count);
        index.set_vectors(numbers.map(|number| (id(number), clusters.vector(&mut random))).collect());
    }
    println!(
        "  vectors {:.2} s (making them up included); estimated {} bytes a document",
        start.elapsed().as_secs_f64(),
        index.bytes() / count
    );
    queries(&index, count, &clusters, &mut random);
    snapshot(&index);
}

fn queries(index: &Index, count: usize, clusters: &Clusters, random: &mut fastrand::Rng) {
    let all = Filter::default();
    let region = Filter { regions: vec!["eu-west-3".to_owned()], ..Filter::default() };
    let narrow = Filter {
        regions: vec!["eu-*".to_owned()],
        kinds: vec!["aws.ec2.*".to_owned()],
        tags: vec![TagFilter { key: "env".to_owned(), value: Some("prod*".to_owned()) }],
        accounts: vec!["100000000003".to_owned()],
        ..Filter::default()
    };
    let text = Filter { text: Some("prod-web".to_owned()), ..Filter::default() };
    let sorts = [SortKey::Name, SortKey::Kind, SortKey::LastChanged, SortKey::LastSeen];
    for (name, filter) in [("all", &all), ("region", &region), ("narrow", &narrow), ("text", &text)] {
        timed(&format!("list {name}"), 200, |round| {
            let order = if round % 2 == 0 { Order::Ascending } else { Order::Descending };
            index.list(filter, Sort { key: sorts[round % 4], order }, None, 100)
        });
        timed(&format!("facets {name}"), 100, |_| index.facets(filter));
    }
    let vectors: Vec<_> = (0..100).map(|_| clusters.vector(random)).collect();
    let texts = [
        "production postgres database",
        "what is in paris",
        "instance",
        "10",
        "prod",
        "a",
        "web server in frankfurt",
        "prodction postgrs",
        "team-7 kafka",
        "running instances",
        "e",
        "aws",
        "owner person12",
        "load balancer staging",
        "production instance web running team",
        "redis",
        "10.0.12.7",
        "nothing of the kind xyzzy",
        "security groups",
    ];
    for (name, filter) in [("all", &all), ("region", &region), ("narrow", &narrow)] {
        for with in [false, true] {
            let search = |round: usize| {
                let vector = with.then(|| &*vectors[round % vectors.len()]);
                index.search(&Query {
                    text: texts[round % texts.len()],
                    vector,
                    nearness: 0.0,
                    filter,
                    limit: 20,
                    explain: false,
                })
            };
            timed(&format!("search {name}, vectors {with}"), 20 * texts.len(), search);
        }
    }
    for text in texts {
        timed(&format!("search `{text}`"), 20, |_| {
            index.search(&Query {
                text,
                vector: None,
                nearness: 0.0,
                filter: &all,
                limit: 20,
                explain: false,
            })
        });
    }
    timed("lookup", 200, |round| index.lookup(&format!("10.0.{}.7", round % 250)));
    let mut fresh = fastrand::Rng::with_seed(9);
    timed("upsert of 100", 50, |round| {
        index.upsert((0..100).map(|at| document((round * 100 + at) % count, &mut fresh)).collect());
    });
}

fn snapshot(index: &Index) {
    let start = Instant::now();
    let mut bytes = Vec::new();
    index.save(SavedVectors::All, &mut bytes).unwrap();
    println!("  snapshot of {} MiB saved in {:.2} s", bytes.len() >> 20, start.elapsed().as_secs_f64());
    let start = Instant::now();
    let loaded = Index::load(&mut &*bytes).unwrap();
    println!("  loaded in {:.2} s", start.elapsed().as_secs_f64());
    assert_eq!(loaded.standing().documents, index.standing().documents);
}

/// Takes documents in as they are made, so that what the process takes is what the index takes.
fn rest(count: usize) {
    let mut random = fastrand::Rng::with_seed(1);
    let index = Index::new();
    index.build_words();
    let before = memory();
    for batch in 0..count.div_ceil(1000) {
        index
            .upsert((batch * 1000..(batch + 1) * 1000).map(|number| document(number, &mut random)).collect());
    }
    let used = (memory() - before) << 20;
    println!(
        "{count} documents without vectors: {} bytes each by RSS, {} estimated",
        used as usize / count,
        index.bytes() / count
    );
    let all = Filter::default();
    timed("list by name", 20, |_| index.list(&all, Sort::default(), None, 100));
    timed("facets", 20, |_| index.facets(&all));
    for text in
        ["production postgres database", "what is in paris", "10.0.12.7", "prodction postgrs", "instance"]
    {
        timed(&format!("search `{text}`"), 20, |_| {
            index.search(&Query {
                text,
                vector: None,
                nearness: 0.0,
                filter: &all,
                limit: 20,
                explain: false,
            })
        });
    }
}

fn vectors(count: usize, approximate: bool) {
    let mut random = fastrand::Rng::with_seed(2);
    println!("{count} synthetic vectors in {} clusters", count / 200);
    let clusters = Clusters::new(count / 200, 0.6, &mut random);
    let mut index = Approximate::new(VectorLimits { exact_up_to: 0, ..VectorLimits::default() });
    let start = Instant::now();
    for ordinal in 0..count {
        index.replace(u32::try_from(ordinal).unwrap(), &clusters.vector(&mut random));
    }
    println!(
        "  taken in {:.1} s (making them up included), RSS {} MiB",
        start.elapsed().as_secs_f64(),
        memory()
    );
    let queries: Vec<_> = (0..100).map(|_| clusters.vector(&mut random)).collect();
    let share = |one_in: usize| {
        let mut allowed = Bitmap::new(count);
        (0..count).filter(|n| n % one_in == 0).for_each(|n| allowed.insert(u32::try_from(n).unwrap()));
        allowed
    };
    let filters = [(1, share(1)), (2, share(2)), (4, share(4)), (20, share(20)), (200, share(200))];
    let full = |exact: &Exact, allowed: &Bitmap| {
        timed("full 32-bit scan, one thread", 20, |n| exact.search_in_full(&queries[n], allowed, 100));
    };
    full(index.exact(), &filters[0].1);
    for (one_in, allowed) in &filters {
        timed(&format!("exact (coarse first), one in {one_in} allowed"), 100, |n| {
            index.exact().search(&queries[n], allowed, 100)
        });
    }
    if !approximate {
        return;
    }
    let (start, before) = (Instant::now(), processor());
    index.build();
    println!(
        "  graph made in {:.1} s, {:.1} s of processors, RSS {} MiB",
        start.elapsed().as_secs_f64(),
        (processor() - before) / 1e3,
        memory()
    );
    for (one_in, allowed) in &filters {
        timed(&format!("graph, one in {one_in} allowed"), 100, |n| index.search(&queries[n], allowed, 100));
        let mut right = 0;
        for query in &queries[..50] {
            let exact: Vec<u32> =
                index.exact().search(query, allowed, 10).iter().map(|found| found.ordinal).collect();
            let found = index.search(query, allowed, 100);
            right += found.iter().take(10).filter(|found| exact.contains(&found.ordinal)).count();
        }
        println!("  recall@10 {:.4}", right as f64 / 500.0);
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let counts: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let has = |word: &str| arguments.iter().any(|argument| argument == word);
    for count in if counts.is_empty() { vec![100_000] } else { counts } {
        if has("memory") {
            rest(count);
        } else if has("vectors") {
            vectors(count, !has("exact"));
        } else {
            documents(count);
        }
    }
}

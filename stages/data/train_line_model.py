#!/usr/bin/env python3
"""Trains the line model of the stage strip_lines from labelled lines.

  train_line_model.py --copydesk BIN --dump BIN --work DIR --out line_model.bin [--folds DIR]
                      [--labelled FILE] [--jobs N]

Needs torch, numpy and xxhash (on Debian 12: python3-torch python3-numpy python3-xxhash). The labelled
lines are chrome/labelled_lines.jsonl.gz below COPYDESK_EVAL_DATA unless --labelled names another file
of that form. --dump is the program dump_line_features, which is built with the tests.

What it does:
 1. Writes three inputs to DIR: the pages; their content lines alone; and pages put together from the
    chrome of one page and the article of another, blocks of chrome left out at random.
 2. Runs the stages before the model over each, and dumps what the model would see; once more as if
    nothing had been cut.
 3. Trains on four fifths of the hosts, five times (a host's fold is md5(host) modulo 5); --folds
    keeps those models, for measuring on hosts that a model has not seen.
 4. Calibrates on what each of the five says of its unseen hosts: scores to chances, and the share of
    content that is lost to score thresholds. A model of --folds gets its calibration from the other
    four.
 5. Trains on everything and writes the model with that calibration.

The same data and versions give nearly the same model; sums of floats may differ between machines.
"""
import argparse
import collections
import gzip
import hashlib
import json
import math
import os
import random
import struct
import subprocess
import sys

import numpy as np
import torch
import torch.nn.functional as F
import xxhash
from torch import nn

# What line_features.h says.
VERSION = 1
NUMBERS = 89

FOLDS = 5
STAGES = ['detect_language', 'strip_rules', 'strip_templates', 'lift_fields']

# The network (line_model.h) and its training.
WIDTH = 8
HIDDEN = 32
KERNEL = 5
DILATIONS = [1, 2, 4, 8, 16]
MIN_HOSTS = 10           # a word that fewer hosts use is not learned
EPOCHS = 4
LINES_PER_BATCH = 12000
LEARNING_RATE = 3e-3
WEIGHT_DECAY = 1e-5
DROPOUT = 0.15
LABEL_SMOOTHING = 0.02
AVERAGING = 0.99         # of the weights over the last steps
WORD_DROPOUT = 0.2
NOTHING_CUT = 0.25       # share of pages that are shown as if nothing were cut
CONTENT_WEIGHT = 0.3     # of pages whose chrome is left out
MIXED_WEIGHT = 0.5       # of pages put together
MIXED_PAGES = 5000       # less those that come out too long
SET_WEIGHT = {'aeb': 2.0, 'fundus': 1.5, 'magic': 2.0, 'wcxb_dev': 0.5}  # by how much each has
GAP = max(DILATIONS) * (KERNEL // 2)  # lines of nothing between two pages of a batch

BUDGETS = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04,
           0.05, 0.075, 0.1]
# On hosts that the calibration had not seen the loss was up to 1.3 times what it said.
CAUTION = 0.8


def fold_of(host):
    return int(hashlib.md5(host.encode()).hexdigest(), 16) % FOLDS


# --- Inputs ----------------------------------------------------------------------------------


def read_labelled(path):
    rows = []
    with gzip.open(path, 'rt', encoding='utf-8') as f:
        for line in f:
            row = json.loads(line)
            row['host'] = row['host'] or row['id']
            row['fold'] = fold_of(row['host'])
            row['key'] = '/'.join([row['set'], 'page', row['id']])
            rows.append(row)
    return rows


def content_only(rows):
    out = []
    for row in rows:
        lines = [l for l, y in zip(row['lines'], row['labels']) if y == 1]
        out.append(dict(row, lines=lines, labels=[1] * len(lines)))
    return out


def mixed(rows, seed=7):
    """Pages of one page's chrome and another's article; both of one fold, and one language if known."""
    rng = random.Random(seed)
    groups = collections.defaultdict(lambda: collections.defaultdict(list))
    for row in rows:
        content = [i for i, y in enumerate(row['labels']) if y == 1]
        if content:
            group = (row['fold'], row['lang'] if row['lang'] in ('zh', 'pl', 'el', 'ru') else '')
            row = dict(row, begin=content[0], end=content[-1] + 1)
            groups[group][row['host']].append(row)
    groups = {k: v for k, v in sorted(groups.items()) if len(v) >= 4}

    def pick(group):
        return rng.choice(groups[group][rng.choice(sorted(groups[group]))])

    def thin(pairs):
        if rng.random() < 0.35:
            return pairs
        out, i, share = [], 0, rng.random()
        while i < len(pairs):
            n = rng.choice([1, 2, 4, 8, 16])
            if rng.random() < share:
                out += pairs[i:i + n]
            i += n
        return out

    out = []
    for number in range(MIXED_PAGES):
        group = rng.choices(list(groups), weights=[len(g) for g in groups.values()])[0]
        body = pick(group)
        head = pick(group) if rng.random() < 0.6 else body
        tail = head if rng.random() < 0.5 else pick(group)
        pairs = lambda row, a, b: list(zip(row['lines'][a:b], row['labels'][a:b]))
        page = (thin(pairs(head, 0, head['begin'])) + pairs(body, body['begin'], body['end']) +
                thin(pairs(tail, tail['end'], None)))
        if len(page) <= 1500:
            out.append(dict(body, key='mixed/%d' % number, outlet='', lines=[l for l, _ in page],
                            labels=[y for _, y in page]))
    return out


def prepare(rows, name, args):
    """Writes the rows, runs the stages before the model, dumps the features; returns documents."""
    base = os.path.join(args.work, name)
    with open(base + '.jsonl', 'w', encoding='utf-8') as f:
        for row in rows:
            record = {'id': row['key'], 'outlet': row.get('outlet', row['host']),
                      'text': '\n'.join(row['lines'])}
            f.write(json.dumps(record, ensure_ascii=False) + '\n')
    with open(base + '.toml', 'w', encoding='utf-8') as f:
        f.write('stages = %s\n' % json.dumps(STAGES))
    subprocess.run([args.copydesk, 'run', base + '.jsonl', '--config', base + '.toml', '--out',
                    base + '.out', '--force', '--quiet'], check=True)
    features, uncut = (features_of(base, audit, args) for audit in (base + '.out/audit.jsonl', None))
    with open(base + '.out/audit.jsonl', encoding='utf-8') as f:
        audit = {row['id']: row for row in map(json.loads, f)}
    return [document(row, features[row['key']], uncut[row['key']], audit[row['key']])
            for row in rows]


def features_of(base, audit, args):
    with open(base + '.features', 'wb') as f:
        subprocess.run([args.dump, base + '.jsonl'] + ([audit] if audit else []), check=True,
                       stdout=f)
    return dict(read_features(base + '.features'))


def read_features(path):
    with open(path, 'rb') as f:
        data = f.read()
    at = 0
    while at < len(data):
        size, = struct.unpack_from('<I', data, at)
        key = data[at + 4:at + 4 + size].decode()
        at += 4 + size
        n, = struct.unpack_from('<I', data, at)
        lines = np.frombuffer(data, '<u4', n * 5, at + 4).reshape(n, 5)
        at += 4 + 20 * n
        tokens = np.frombuffer(data, '<u4', int(lines[:, 4].sum()), at)
        at += tokens.nbytes
        numbers = np.frombuffer(data, '<f4', n * NUMBERS, at).reshape(n, NUMBERS)
        at += numbers.nbytes
        yield key, (lines, tokens, numbers)


def document(row, features, uncut, audit):
    """What training needs of a page: labels and weights by feature line.

    y: 1 chrome, 0 content, -1 neither; raw: visible characters of the line; kept: those that no
    stage has cut.
    """
    lines, tokens, numbers = features
    at_byte = {int(b): i for i, b in enumerate(lines[:, 0])}
    n = len(lines)
    y, raw, kept = np.full(n, -1, np.int8), np.zeros(n), np.zeros(n)
    spans = [(s['begin'], s['end']) for s in audit['spans']]
    at = first = 0
    for text, label in zip(row['lines'], row['labels']):
        data = text.encode()
        index = next((at_byte[at + i] for i in range(min(len(data), 64)) if at + i in at_byte), None)
        if index is not None and label != 2:
            while first < len(spans) and spans[first][1] <= at:
                first += 1
            left, position, i = b'', 0, first
            while i < len(spans) and spans[i][0] < at + len(data):
                begin, end = max(spans[i][0] - at, 0), min(spans[i][1] - at, len(data))
                left += data[position:begin]
                position = max(position, end)
                i += 1
            left += data[position:]
            y[index] = 1 - label
            raw[index] = sum(not c.isspace() for c in text)
            kept[index] = sum(not c.isspace() for c in left.decode('utf-8', 'replace'))
        at += len(data) + 1
    return {'set': row['set'], 'host': row['host'], 'fold': row['fold'], 'lines': lines,
            'tokens': tokens, 'numbers': numbers, 'uncut': uncut[2], 'y': y, 'raw': raw, 'kept': kept,
            'content': raw[y == 0].sum()}


# --- The network -----------------------------------------------------------------------------


class Network(nn.Module):
    def __init__(self, words):
        super().__init__()
        self.embedding = nn.EmbeddingBag(words + 1, WIDTH, mode='mean')
        nn.init.normal_(self.embedding.weight, std=0.1)
        self.first = nn.Linear(WIDTH + NUMBERS, HIDDEN)
        self.layers = nn.ModuleList([
            nn.Conv1d(HIDDEN, HIDDEN, KERNEL, padding=KERNEL // 2 * d, dilation=d) for d in DILATIONS])
        self.last = nn.Linear(HIDDEN, 1)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, tokens, offsets, numbers, mask):
        x = F.relu(self.first(torch.cat([self.embedding(tokens, offsets), numbers], 1)))
        x = (self.dropout(x) * mask[:, None]).t()[None]
        for layer in self.layers:
            x = (x + F.relu(layer(x))) * mask[None, None]
        return self.last(x[0].t())[:, 0]


def weights_of(document, hosts, weight):
    """Half by line, half by length; a page as the root of its lines, a host as that of its pages."""
    judged = document['y'] >= 0
    length = np.sqrt(document['raw'])
    line = 0.3 / max(judged.sum(), 1) + 0.7 * length / max(length.sum(), 1e-9)
    page = min(len(judged), 150) ** 0.5 * SET_WEIGHT.get(document['set'], 1.0)
    return (line * judged * page * weight / hosts[document['host']] ** 0.5).astype(np.float32)


def batches(documents, lines, rng=None):
    order = np.arange(len(documents))
    if rng is not None:
        rng.shuffle(order)
    batch, size = [], 0
    for i in order:
        batch.append(documents[i])
        size += len(documents[i]['y']) + GAP
        if size >= lines:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def tensors(batch, rng=None):
    tokens, offsets, numbers, mask, y, weights, total = [], [], [], [], [], [], 0
    for d in batch:
        n, counts, own, num = len(d['y']), d['lines'][:, 4].astype(np.int64), d['rows'], d['numbers']
        if rng is not None:
            if rng.random() < NOTHING_CUT:
                num = d['uncut']
            own = np.where(rng.random(len(own)) < WORD_DROPOUT, 0, own)
        offsets += [np.cumsum(counts) - counts + total, np.full(GAP, total + len(own))]
        total += len(own)
        tokens.append(own)
        numbers += [num, np.zeros((GAP, NUMBERS), np.float32)]
        mask += [np.ones(n, np.float32), np.zeros(GAP, np.float32)]
        y += [(d['y'] == 1).astype(np.float32), np.zeros(GAP, np.float32)]
        weights += [d.get('weights', np.zeros(n, np.float32)), np.zeros(GAP, np.float32)]
    return [torch.from_numpy(np.concatenate(x)) for x in (tokens, offsets, numbers, mask, y, weights)]


def train(documents, seed=1):
    """documents: (document, weight). Returns the network with averaged weights, and its words."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    pages = [d for d, weight in documents if weight == 1]
    hosts = collections.Counter(d['host'] for d in pages)
    hosts_of = collections.defaultdict(set)
    for d in pages:
        for token in np.unique(d['tokens']):
            hosts_of[token].add(d['host'])
    words = np.array(sorted(t for t, h in hosts_of.items() if len(h) >= MIN_HOSTS), np.uint32)
    chosen = []
    for d, weight in documents:
        if len(d['y']) == 0:
            continue
        d['rows'] = rows_of(d['tokens'], words)
        scale = weight * max(hosts[d['host']], 1) ** 0.5 if weight == MIXED_WEIGHT else weight
        d['weights'] = weights_of(d, collections.defaultdict(lambda: 1, hosts), scale)
        chosen.append(d)
    network, average = Network(len(words)), Network(len(words))
    average.load_state_dict(network.state_dict())
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    steps, step = EPOCHS * sum(1 for _ in batches(chosen, LINES_PER_BATCH)), 0
    for epoch in range(EPOCHS):
        network.train()
        total = count = 0
        for batch in batches(chosen, LINES_PER_BATCH, rng):
            cosine = 0.5 + 0.5 * math.cos(math.pi * min(step / steps, 1))
            for group in optimizer.param_groups:
                group['lr'] = LEARNING_RATE * min(1, (step + 1) / 50) * cosine + 1e-5
            tokens, offsets, numbers, mask, y, weights = tensors(batch, rng)
            target = y * (1 - 2 * LABEL_SMOOTHING) + LABEL_SMOOTHING
            scores = network(tokens, offsets, numbers, mask)
            loss = F.binary_cross_entropy_with_logits(scores, target, reduction='none')
            loss = (loss * weights).sum() / weights.sum()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            step += 1
            with torch.no_grad():
                keep = min(AVERAGING, step / (step + 10))
                for slow, fast in zip(average.parameters(), network.parameters()):
                    slow.mul_(keep).add_(fast, alpha=1 - keep)
            total, count = total + loss.item(), count + 1
        print('  epoch %d: loss %.4f' % (epoch + 1, total / count), flush=True)
    return average.eval(), words


def rows_of(tokens, words):
    if len(words) == 0:
        return np.zeros(len(tokens), np.int64)
    at = np.searchsorted(words, tokens)
    at[at == len(words)] = 0
    return np.where(words[at] == tokens, at + 1, 0).astype(np.int64)


def scores_of(network, words, documents):
    out = []
    with torch.no_grad():
        for d in documents:
            d['rows'] = rows_of(d['tokens'], words)
        for batch in batches(documents, 40000):
            tokens, offsets, numbers, mask, _, _ = tensors(batch)
            scores, at = network(tokens, offsets, numbers, mask).numpy(), 0
            for d in batch:
                out.append(scores[at:at + len(d['y'])])
                at += len(d['y']) + GAP
    return out


# --- Calibration -----------------------------------------------------------------------------


def chances(documents, scores, most=48):
    """Chance of chrome by score: averages of equal parts, pooled until they ascend (isotonic)."""
    totals = collections.Counter()
    for d in documents:
        totals[d['set']] += d['raw'].sum()
    x = np.concatenate(scores)
    y = np.concatenate([d['y'] == 1 for d in documents])
    w = np.concatenate([d['kept'] * (d['y'] >= 0) / totals[d['set']] for d in documents])
    order = np.argsort(x, kind='stable')
    x, y, w = x[order], y[order], w[order]
    sums = np.cumsum(w)
    edges = np.unique(np.searchsorted(sums, np.linspace(0, sums[-1], 401)[1:-1]))
    pools = []
    for part in np.split(np.arange(len(x)), edges):
        if w[part].sum() == 0:
            continue
        pools.append([np.average(x[part], weights=w[part]), np.average(y[part], weights=w[part]),
                      w[part].sum()])
        while len(pools) > 1 and pools[-2][1] >= pools[-1][1]:
            b, a = pools.pop(), pools.pop()
            weight = a[2] + b[2]
            pools.append([(a[0] * a[2] + b[0] * b[2]) / weight, (a[1] * a[2] + b[1] * b[2]) / weight,
                          weight])
    pools = np.array(pools)
    keep = np.unique(np.linspace(0, len(pools) - 1, most).round().astype(int))
    return pools[keep, 0], pools[keep, 1]


def thresholds(documents, scores):
    """The score from which lines may go, for each budget: content lost, on the worst of the sets."""
    sets = sorted({d['set'] for d in documents})
    grid = np.linspace(-2, 12, 1401)
    lost = []
    for name in sets:
        mine = [(d, s) for d, s in zip(documents, scores) if d['set'] == name]
        x = np.concatenate([s for _, s in mine])
        w = np.concatenate([d['kept'] * (d['y'] == 0) for d, _ in mine])
        order = np.argsort(-x, kind='stable')
        sums = np.concatenate([[0], np.cumsum(w[order])])
        lost.append(sums[np.searchsorted(-x[order], -grid, side='right')] /
                    max(sum(d['content'] for d, _ in mine), 1))
    worst = np.max(lost, axis=0)
    never = max(max(s.max(initial=0) for s in scores), grid[-1]) + 1
    return [b / CAUTION for b in BUDGETS], [grid[np.argmax(worst <= b)] if (worst <= b).any() else never for b in BUDGETS]


def calibrate(documents, scores):
    return chances(documents, scores), thresholds(documents, scores)


# --- Files -----------------------------------------------------------------------------------


def write_model(path, network, words, chance, threshold):
    """The format that LineModel::parse() reads."""
    floats = lambda a: np.ascontiguousarray(a, dtype='<f4').tobytes()
    state = {k: v.numpy() for k, v in network.state_dict().items()}
    embedding = state['embedding.weight']
    scale = np.maximum(np.abs(embedding).max(0), 1e-9) / 127
    out = b'copydesk line model 1\n'
    out += struct.pack('<9I', VERSION, NUMBERS, len(words), WIDTH, HIDDEN, KERNEL, len(DILATIONS),
                       len(chance[0]), len(threshold[0]))
    out += words.astype('<u4').tobytes() + np.rint(embedding / scale).astype('i1').tobytes()
    out += floats(scale) + floats(state['first.weight'].T) + floats(state['first.bias'])
    for i, dilation in enumerate(DILATIONS):
        weights = state['layers.%d.weight' % i]  # out, in, tap
        out += struct.pack('<I', dilation) + floats(weights.transpose(2, 1, 0))
        out += floats(state['layers.%d.bias' % i])
    out += floats(state['last.weight'][0]) + floats(state['last.bias'])
    for knots in chance + threshold:
        out += floats(knots)
    with open(path, 'wb') as f:
        f.write(out + struct.pack('<Q', xxhash.xxh3_64_intdigest(out)))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--copydesk', required=True)
    parser.add_argument('--dump', required=True)
    parser.add_argument('--work', required=True)
    parser.add_argument('--out', required=True)
    parser.add_argument('--folds')
    parser.add_argument('--labelled')
    parser.add_argument('--jobs', type=int, default=1)
    args = parser.parse_args()
    if args.labelled is None:
        if not os.environ.get('COPYDESK_EVAL_DATA'):
            print('COPYDESK_EVAL_DATA is not set: nothing to train on', file=sys.stderr)
            return 2
        args.labelled = os.path.join(os.environ['COPYDESK_EVAL_DATA'],
                                     'chrome/labelled_lines.jsonl.gz')
    torch.set_num_threads(args.jobs)
    os.makedirs(args.work, exist_ok=True)

    rows = read_labelled(args.labelled)
    pages = prepare(rows, 'pages', args)
    content = prepare(content_only(rows), 'content', args)
    put_together = prepare(mixed(rows), 'mixed', args)
    everything = ([(d, 1.0) for d in pages] + [(d, CONTENT_WEIGHT) for d in content] +
                  [(d, MIXED_WEIGHT) for d in put_together])

    models, unseen, scores = [], [], []
    for fold in range(FOLDS):
        print('without the hosts of fold %d' % fold, flush=True)
        network, words = train([(d, w) for d, w in everything if d['fold'] != fold])
        models.append((network, words))
        held_out = [d for d in pages if d['fold'] == fold]
        unseen += held_out
        scores += scores_of(network, words, held_out)
    if args.folds:
        os.makedirs(args.folds, exist_ok=True)
        for fold, (network, words) in enumerate(models):
            others = [(d, s) for d, s in zip(unseen, scores) if d['fold'] != fold]
            write_model(os.path.join(args.folds, 'fold-%d.model' % fold), network, words,
                        *calibrate(*zip(*others)))
    print('on all hosts', flush=True)
    network, words = train(everything)
    chance, threshold = calibrate(unseen, scores)
    write_model(args.out, network, words, chance, threshold)
    print('%s: %d words, %d bytes' % (args.out, len(words), os.path.getsize(args.out)))
    for budget, score in zip(*threshold):
        print('  content lost %.4f: from score %.2f on' % (budget, score))
    return 0


if __name__ == '__main__':
    sys.exit(main())

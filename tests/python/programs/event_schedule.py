# event_schedule - a scheduler with a clock of its own, and queues.
#
# SPDX-License-Identifier: Apache-2.0
import queue
import sched
from collections import deque


class Clock:
    def __init__(self):
        self.now, self.slept = 0, []

    def time(self):
        return self.now

    def sleep(self, seconds):
        if seconds:
            self.slept.append(seconds)
        self.now += seconds


clock = Clock()
scheduler = sched.scheduler(clock.time, clock.sleep)
log = []


def note(text, *, again=None):
    log.append((clock.now, text))
    if again and clock.now < 12:
        scheduler.enter(again, 2, note, (text,), {"again": again})


scheduler.enter(3, 1, note, ("three",))
scheduler.enter(1, 1, note, ("tick",), {"again": 4})
scheduler.enterabs(5, 2, note, ("low",))
scheduler.enterabs(5, 1, note, ("high",))
lost = scheduler.enter(4, 1, note, ("never",))
print(
    len(scheduler.queue), [e.time for e in scheduler.queue], scheduler.empty()
)
scheduler.cancel(lost)
scheduler.run()
print(log, clock.slept, scheduler.empty())
try:
    scheduler.cancel(lost)
except ValueError:
    print("it is not there any more")

fifo, lifo, best = queue.Queue(3), queue.LifoQueue(), queue.PriorityQueue()
for n, word in enumerate(("pear", "fig", "apple")):
    for q in (fifo, lifo):
        q.put(word)
    best.put((len(word), n, word))
print(
    [fifo.full(), fifo.get(), fifo.qsize()],
    [lifo.get() for _ in range(3)],
    [best.get()[2] for _ in range(3)],
)
fifo.put("plum")
for attempt in (
    lambda: fifo.put_nowait("one more"),
    lambda: best.get_nowait(),
    lambda: lifo.get(block=False),
):
    try:
        attempt()
    except (queue.Full, queue.Empty) as error:
        print(type(error).__name__)


def elevator(calls, floor=0):
    """Goes on in its direction as long as somebody is there."""
    direction, waiting, travelled, stops = 1, sorted(calls), 0, []
    while waiting:
        ahead = [
            c
            for c in waiting
            if (c[1] - floor) * direction >= 0 and c[0] <= travelled
        ]
        if not ahead:
            if not any(c[0] <= travelled for c in waiting):
                travelled += 1
                continue
            direction = -direction
            continue
        call = min(ahead, key=lambda c: abs(c[1] - floor))
        travelled += abs(call[1] - floor)
        floor = call[1]
        waiting.remove(call)
        stops.append((travelled, floor))
    return stops


print(elevator([(0, 5), (0, 2), (3, 1), (8, 9), (9, 4), (40, 0)]))


def round_robin(jobs, slice_of):
    ready, time, done = deque(jobs.items()), 0, {}
    while ready:
        name, left = ready.popleft()
        used = min(slice_of, left)
        time += used
        if left > used:
            ready.append((name, left - used))
        else:
            done[name] = time
    return done


for slice_of in (1, 2, 5):
    done = round_robin({"a": 5, "b": 2, "c": 7, "d": 1}, slice_of)
    print(slice_of, done, sum(done.values()) / len(done))

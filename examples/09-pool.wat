;; 09-pool.wat - the guest of 09-pool.c: one that never ends, and one that adds
;; up what it is given, which a reset makes it forget.
(module
  (global $sum (mut i32) (i32.const 0))
  (func (export "spin") (param i32) (result i32)
    (loop $again (br $again))
    (unreachable))
  (func (export "add") (param $n i32) (result i32)
    (global.set $sum (i32.add (global.get $sum) (local.get $n)))
    (global.get $sum)))

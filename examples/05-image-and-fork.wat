;; 05-image-and-fork.wat - the guest of 05-image-and-fork.c: a sieve that takes
;; its time, and a sum that is quick to change.
(module
  (memory 1)
  (global $sum (mut i32) (i32.const 0))
  ;; mark what is no prime below n, one byte each; the sum is how many are
  (func (export "prepare") (param $n i32) (result i32)
    (local $i i32) (local $j i32)
    (local.set $i (i32.const 2))
    (loop $next
      (if (i32.eqz (i32.load8_u (local.get $i)))
        (then
          (global.set $sum (i32.add (global.get $sum) (i32.const 1)))
          (local.set $j (i32.add (local.get $i) (local.get $i)))
          (block $done
            (loop $mark
              (br_if $done (i32.ge_u (local.get $j) (local.get $n)))
              (i32.store8 (local.get $j) (i32.const 1))
              (local.set $j (i32.add (local.get $j) (local.get $i)))
              (br $mark)))))
      (br_if $next (i32.lt_u
        (local.tee $i (i32.add (local.get $i) (i32.const 1)))
        (local.get $n))))
    (global.get $sum))
  (func (export "add") (param $n i32) (result i32)
    (global.set $sum (i32.add (global.get $sum) (local.get $n)))
    (global.get $sum))
  (func (export "sum") (param i32) (result i32) (global.get $sum)))

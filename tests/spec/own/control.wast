;; control.wast - blocks, loops, branches, and code that cannot be reached.
;;
;; SPDX-License-Identifier: Apache-2.0

(module
  ;; A branch out of nested blocks carries a value to each of them.
  (func (export "leave") (param i32) (result i32)
    (block $a (result i32)
      (i32.add (i32.const 10)
        (block $b (result i32)
          (i32.add (i32.const 1)
            (block $c (result i32)
              (br_table $c $b $a (i32.const 100) (local.get 0))))))))

  (func (export "sum") (param $n i32) (result i32) (local $s i32)
    (block $done
      (loop $again
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $s (i32.add (local.get $s) (local.get $n)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $again)))
    (local.get $s))

  ;; Stack: sum, n.  The loop takes both as parameters.
  (func (export "sum-params") (param $n i64) (result i64) (local $s i64)
    (i64.const 0) (local.get $n)
    (loop $again (param i64 i64) (result i64)
      (local.set $n)
      (i64.add (local.get $n))
      (local.tee $s)
      (i64.sub (local.get $n) (i64.const 1))
      (local.tee $n)
      (br_if $again (i64.ne (local.get $n) (i64.const 0)))
      (drop)))

  (func (export "sign") (param i32) (result i32)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 0))
      (then (i32.const -1))
      (else
        (if (result i32) (local.get 0)
          (then (i32.const 1))
          (else (i32.const 0))))))

  (func (export "if-without-else") (param i32) (result i32) (local $r i32)
    (local.set $r (i32.const 5))
    (if (local.get 0) (then (local.set $r (i32.const 6))))
    (local.get $r))

  ;; br_if keeps its value when it does not branch.
  (func (export "keep") (param i32) (result i32)
    (block $b (result i32)
      (i32.add (i32.const 1)
        (br_if $b (i32.const 40) (local.get 0)))))

  (func (export "br-to-function") (param i32) (result i32)
    (i32.add (i32.const 1)
      (br_if 0 (i32.const 7) (local.get 0))))

  (func (export "return-deep") (result i32)
    (loop (block (loop (block (return (i32.const 9))))))
    (unreachable))

  ;; Behind a branch anything goes that could have any type.
  (func (export "after-branch") (result i32)
    (block $b (result i32)
      (br $b (i32.const 3))
      (i64.add) (drop)
      (f32.const 0) (i32.trunc_f32_s)
      (select) (i32.eqz)
      (if (result i32) (then (i32.const 1)) (else (unreachable)))))

  (func (export "dead-code") (result i32)
    (return (i32.const 11))
    (block (br 0))
    (loop (br 0))
    (drop (call_indirect (type $t) (i32.const 0)))
    (i32.load (i32.const -1)))
  (type $t (func (result i32)))
  (memory 1)
  (table 1 funcref)

  (func (export "empty-blocks") (result i32)
    (block) (loop) (if (i32.const 0) (then) (else))
    (nop) (block (nop)) (i32.const 4))

  ;; The same label value through a table of one entry, and none at all.
  (func (export "table-one") (param i32) (result i32)
    (block (block (br_table 0 1 (local.get 0))) (return (i32.const 1)))
    (i32.const 2))
  (func (export "table-none") (param i32) (result i32)
    (block (br_table 0 (local.get 0)))
    (i32.const 8))

  (func (export "select") (param i32) (result i64)
    (select (i64.const 1) (i64.const 2) (local.get 0)))

  (func (export "while-product") (param $n i32) (result i64) (local $p i64)
    (local.set $p (i64.const 1))
    (loop $l
      (if (i32.gt_u (local.get $n) (i32.const 1))
        (then
          (local.set $p (i64.mul (local.get $p)
            (i64.extend_i32_u (local.get $n))))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br $l))))
    (local.get $p)))

(assert_return (invoke "leave" (i32.const 0)) (i32.const 111))
(assert_return (invoke "leave" (i32.const 1)) (i32.const 110))
(assert_return (invoke "leave" (i32.const 2)) (i32.const 100))
(assert_return (invoke "leave" (i32.const -1)) (i32.const 100))
(assert_return (invoke "sum" (i32.const 0)) (i32.const 0))
(assert_return (invoke "sum" (i32.const 10)) (i32.const 55))
(assert_return (invoke "sum" (i32.const 1000000)) (i32.const 1784293664))
(assert_return (invoke "sum-params" (i64.const 100000)) (i64.const 5000050000))
(assert_return (invoke "sign" (i32.const -7)) (i32.const -1))
(assert_return (invoke "sign" (i32.const 0)) (i32.const 0))
(assert_return (invoke "sign" (i32.const 7)) (i32.const 1))
(assert_return (invoke "if-without-else" (i32.const 0)) (i32.const 5))
(assert_return (invoke "if-without-else" (i32.const 0x80000000)) (i32.const 6))
(assert_return (invoke "keep" (i32.const 0)) (i32.const 41))
(assert_return (invoke "keep" (i32.const 1)) (i32.const 40))
(assert_return (invoke "br-to-function" (i32.const 0)) (i32.const 8))
(assert_return (invoke "br-to-function" (i32.const 1)) (i32.const 7))
(assert_return (invoke "return-deep") (i32.const 9))
(assert_return (invoke "after-branch") (i32.const 3))
(assert_return (invoke "dead-code") (i32.const 11))
(assert_return (invoke "empty-blocks") (i32.const 4))
(assert_return (invoke "table-one" (i32.const 0)) (i32.const 1))
(assert_return (invoke "table-one" (i32.const 1)) (i32.const 2))
(assert_return (invoke "table-one" (i32.const 9)) (i32.const 2))
(assert_return (invoke "table-none" (i32.const 3)) (i32.const 8))
(assert_return (invoke "select" (i32.const 0)) (i64.const 2))
(assert_return (invoke "select" (i32.const 256)) (i64.const 1))
(assert_return (invoke "while-product" (i32.const 20))
  (i64.const 2432902008176640000))

;; dispatch.wast - interpreters: long tables in loops.
;;
;; SPDX-License-Identifier: Apache-2.0

(module
  (memory 1)
  ;; 400 operations, each once in a while, and one that ends.
  (data (i32.const 0)
    "\0b\30\55\7a\9f\c4\21\46\6b\90\b5\12\37\5c\81\a6\03\28\4d\72\97\bc"
    "\19\3e\63\88\ad\0a\2f\54\79\9e\c3\20\45\6a\8f\b4\11\36\5b\80\a5\02"
    "\27\4c\71\96\bb\18\3d\62\87\ac\09\2e\53\78\9d\c2\1f\44\69\8e\b3\10"
    "\35\5a\7f\a4\01\26\4b\70\95\ba\17\3c\61\86\ab\08\2d\52\77\9c\c1\1e"
    "\43\68\8d\b2\0f\34\59\7e\a3\00\25\4a\6f\94\b9\16\3b\60\85\aa\07\2c"
    "\51\76\9b\c0\1d\42\67\8c\b1\0e\33\58\7d\a2\c7\24\49\6e\93\b8\15\3a"
    "\5f\84\a9\06\2b\50\75\9a\bf\1c\41\66\8b\b0\0d\32\57\7c\a1\c6\23\48"
    "\6d\92\b7\14\39\5e\83\a8\05\2a\4f\74\99\be\1b\40\65\8a\af\0c\31\56"
    "\7b\a0\c5\22\47\6c\91\b6\13\38\5d\82\a7\04\29\4e\73\98\bd\1a\3f\64"
    "\89\ae\0b\30\55\7a\9f\c4\21\46\6b\90\b5\12\37\5c\81\a6\03\28\4d\72"
    "\97\bc\19\3e\63\88\ad\0a\2f\54\79\9e\c3\20\45\6a\8f\b4\11\36\5b\80"
    "\a5\02\27\4c\71\96\bb\18\3d\62\87\ac\09\2e\53\78\9d\c2\1f\44\69\8e"
    "\b3\10\35\5a\7f\a4\01\26\4b\70\95\ba\17\3c\61\86\ab\08\2d\52\77\9c"
    "\c1\1e\43\68\8d\b2\0f\34\59\7e\a3\00\25\4a\6f\94\b9\16\3b\60\85\aa"
    "\07\2c\51\76\9b\c0\1d\42\67\8c\b1\0e\33\58\7d\a2\c7\24\49\6e\93\b8"
    "\15\3a\5f\84\a9\06\2b\50\75\9a\bf\1c\41\66\8b\b0\0d\32\57\7c\a1\c6"
    "\23\48\6d\92\b7\14\39\5e\83\a8\05\2a\4f\74\99\be\1b\40\65\8a\af\0c"
    "\31\56\7b\a0\c5\22\47\6c\91\b6\13\38\5d\82\a7\04\29\4e\73\98\bd\1a"
    "\3f\64\89\ae\ff")

  ;; Run the program at $at: six operations, by 200 numbers; others end it.
  (func (export "run") (param $at i32) (result i32)
    (local $acc i32) (local $op i32)
    (block $done
      (loop $next
        (block $b5 (block $b4 (block $b3 (block $b2 (block $b1 (block $b0
        (local.set $op (i32.load8_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_table
        $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0
        $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1
        $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2
        $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3
        $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4
        $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0
        $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1
        $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2
        $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3
        $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4
        $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0
        $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4 $b0 $b1
        $b2 $b3 $b4 $b0 $b1 $b2 $b3 $b4
          $done (local.get $op)))
        (local.set $acc (i32.add (local.get $acc) (i32.const 1)))
        (br $next))
        (local.set $acc (i32.mul (local.get $acc) (i32.const 3)))
        (br $next))
        (local.set $acc (i32.sub (local.get $acc) (i32.const 7)))
        (br $next))
        (local.set $acc (i32.xor (local.get $acc) (i32.const 255)))
        (br $next))
        (local.set $acc (i32.rotl (local.get $acc) (i32.const 5)))
        (br $next))
        (local.set $acc (i32.add (local.get $acc) (local.get $op)))
        (br $next)))
    (local.get $acc))

  ;; The same table, by which a value is carried to one of two places.
  (func (export "carry") (param $n i32) (result i32) (local $sum i32)
    (loop $again (result i32)
      (block $odd (result i32)
        (block $even (result i32)
          (i32.mul (local.get $n) (i32.const 10))
          (br_table
        $even $odd $even $odd $even $odd $even $odd $even $odd $even
        $odd $even $odd $even $odd $even $odd $even $odd $even $odd
        $even $odd $even $odd $even $odd $even $odd $even $odd $even
        $odd $even $odd $even $odd $even $odd $even $odd $even $odd
        $even $odd $even $odd $even $odd $even $odd $even $odd $even
        $odd $even $odd $even $odd $even $odd $even $odd $even $odd
        $even $odd $even $odd $even $odd $even $odd $even $odd $even
        $odd $even $odd $even $odd $even $odd $even $odd $even $odd
        $even $odd $even $odd $even $odd $even $odd $even $odd $even
        $odd $even $odd $even $odd $even $odd $even $odd $even $odd
        $even $odd $even $odd $even $odd $even $odd $even $odd $even
        $odd $even $odd $even $odd $even $odd $even $odd
            $even (local.get $n)))
        (local.set $sum (i32.add (local.get $sum)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br_if $again (i32.gt_s (local.get $n) (i32.const 0)))
        (return (local.get $sum)))
      (drop)
      (local.set $sum (i32.add (local.get $sum) (i32.const 1)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (i32.gt_s (local.get $n) (i32.const 0)))
      (local.get $sum)))
)

(assert_return (invoke "run" (i32.const 0)) (i32.const -1980036814))
(assert_return (invoke "run" (i32.const 400)) (i32.const 0))
(assert_return (invoke "run" (i32.const 123)) (i32.const -1040478172))
(assert_trap (invoke "run" (i32.const 65536)) "out of bounds memory access")
(assert_return (invoke "carry" (i32.const 1)) (i32.const 1))
(assert_return (invoke "carry" (i32.const 2)) (i32.const 21))
(assert_return (invoke "carry" (i32.const 9)) (i32.const 205))
(assert_return (invoke "carry" (i32.const 129)) (i32.const 41665))
(assert_return (invoke "carry" (i32.const 130)) (i32.const 42965))
(assert_return (invoke "carry" (i32.const 131)) (i32.const 44275))
(assert_return (invoke "carry" (i32.const 300)) (i32.const 409315))

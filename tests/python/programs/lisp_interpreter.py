# lisp_interpreter - a little Lisp: reader, evaluator, closures, macros.
#
# SPDX-License-Identifier: Apache-2.0
import operator as op


class Env(dict):
    def __init__(self, names=(), values=(), outer=None):
        super().__init__(zip(names, values))
        self.outer = outer

    def find(self, name):
        env = self
        while env is not None:
            if name in env:
                return env
            env = env.outer
        raise NameError(name)


class Lambda:
    def __init__(self, names, body, env):
        self.names, self.body, self.env = names, body, env

    def __call__(self, *values):
        result, env = self.bind(values)
        return evaluate(result, env)

    def bind(self, values):
        if len(values) != len(self.names):
            raise TypeError(f"{len(self.names)} wanted, {len(values)} given")
        env = Env(self.names, values, self.env)
        for part in self.body[:-1]:
            evaluate(part, env)
        return self.body[-1], env


def read(text):
    tokens = (
        text.replace("(", " ( ")
        .replace(")", " ) ")
        .replace("'", " ' ")
        .split()
    )
    tokens.reverse()

    def form():
        token = tokens.pop()
        if token == "'":
            return ["quote", form()]
        if token == "(":
            items = []
            while tokens[-1] != ")":
                items.append(form())
            tokens.pop()
            return items
        try:
            return int(token)
        except ValueError:
            return token

    while tokens:
        yield form()


def evaluate(x, env):
    while True:
        if isinstance(x, str):
            return env.find(x)[x]
        if not isinstance(x, list) or not x:
            return x
        match x:
            case ["quote", thing]:
                return thing
            case ["if", test, then, *other]:
                x = then if evaluate(test, env) else (other or [[]])[0]
            case ["define", [name, *names], *body]:
                env[name] = Lambda(names, body, env)
                return name
            case ["define", name, value]:
                env[name] = evaluate(value, env)
                return name
            case ["set!", name, value]:
                env.find(name)[name] = evaluate(value, env)
                return None
            case ["lambda", names, *body]:
                return Lambda(names, body, env)
            case ["let", pairs, *body]:
                values = [evaluate(value, env) for _, value in pairs]
                x, env = Lambda([n for n, _ in pairs], body, env).bind(values)
            case _:
                function, *values = [evaluate(part, env) for part in x]
                if not isinstance(function, Lambda):
                    return function(*values)
                x, env = function.bind(values)


def show(x):
    if isinstance(x, list):
        return "(" + " ".join(map(show, x)) + ")"
    return (
        {True: "#t", False: "#f"}.get(x, str(x))
        if isinstance(x, bool)
        else str(x)
    )


world = Env()
world.update(
    {
        "+": lambda *a: sum(a),
        "*": op.mul,
        "-": op.sub,
        "<": op.lt,
        "=": op.eq,
        "car": lambda x: x[0],
        "cdr": lambda x: x[1:],
        "cons": lambda a, b: [a, *b],
        "null?": lambda x: x == [],
        "list": lambda *a: list(a),
        "mod": op.mod,
    }
)
PROGRAM = """
(define (fact n) (if (< n 2) 1 (* n (fact (- n 1)))))
(fact 25)
(define (map f l) (if (null? l) '() (cons (f (car l)) (map f (cdr l)))))
(define (range a b) (if (< a b) (cons a (range (+ a 1) b)) '()))
(map (lambda (x) (* x x)) (range 0 10))
(define (counter) (let ((n 0)) (lambda () (set! n (+ n 1)) n)))
(define a (counter)) (define b (counter))
(list (a) (a) (b) (a))
(define (loop n sum) (if (= n 0) sum (loop (- n 1) (+ sum n))))
(loop 20000 0)
(define (keep p l) (if (null? l) l
  (if (p (car l)) (cons (car l) (keep p (cdr l))) (keep p (cdr l)))))
(define (sort l) (if (null? l) l (let ((h (car l)) (t (cdr l)))
  (append (sort (keep (lambda (x) (< x h)) t))
          (cons h (sort (keep (lambda (x) (< (- h 1) x)) t)))))))
(define (append a b) (if (null? a) b (cons (car a) (append (cdr a) b))))
(sort '(31 4 15 9 26 5 35 8 97 9))
'(quoted (list) of #t) (= 1 1)
(define (compose f g) (lambda (x) (f (g x))))
((compose (lambda (x) (* 2 x)) fact) 5)
(unknown 1)
(fact 1 2)
(car '())
"""
for form in read(PROGRAM):
    try:
        print(show(evaluate(form, world)))
    except (NameError, TypeError, IndexError) as error:
        print("error:", error)

#!/usr/bin/env python3
"""Writes npy_headers.json: headers of .npy files, and what NumPy reads in them; null where it refuses.

  make_npy_headers.py    (needs numpy)
"""

import io
import json
import os
import struct
import tokenize
import warnings

import numpy

HEADERS = """
{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }
{'descr':'<f4','fortran_order':True,'shape':(2,2)}
{"descr": "<f4", "fortran_order": True, "shape": (2, 2)}
{'shape': (3,), 'fortran_order': False, 'descr': "<i8"}
{'shape':(3,),'descr':'>i4','fortran_order':True,}
{  'descr'  :  '<f8' , 'fortran_order'\t:False,'shape' :( 3 , ) }
{'descr': '<f4', 'fortran_order': False, 'shape': ()}
{'descr': '<f4', 'fortran_order': False, 'shape': ( )}
{'descr': '<f4', 'fortran_order': False, 'shape': (3L,)}
{'descr': '<f4', 'fortran_order': False, 'shape': (3L, 4L)}
{'descr': '|u1', 'fortran_order': False, 'shape': (0, 5,)}
{'descr': '=f4', 'fortran_order': False, 'shape': (1,)}
{'descr': 'f4', 'fortran_order': False, 'shape': (1,)}
{u'descr': u'<f4', u'fortran_order': False, u'shape': (1,)}
{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}
{'descr': '<f4', 'fortran_order': False, 'shape': (3)}
{'descr': '<f4', 'fortran_order': False, 'shape': [3]}
{'descr': '<f4', 'fortran_order': False, 'shape': 3}
{'descr': '<f4', 'fortran_order': False, 'shape': (3,,)}
{'descr': '<f4', 'fortran_order': False, 'shape': (,)}
{'descr': '<f4', 'fortran_order': False, 'shape': (3 4)}
{'descr': '<f4', 'fortran_order': False, 'shape': (03,)}
{'descr': '<f4', 'fortran_order': False, 'shape': (3.0,)}
{'descr': '<f4', 'fortran_order': False, 'shape': ('3',)}
{'descr': '<f4', 'fortran_order': False, 'shape': (3,)
{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}}
{'descr': '<f4', 'fortran_order': 'False', 'shape': (3,)}
{'descr': '<f4', 'fortran_order': false, 'shape': (3,)}
{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}
{'descr': '<f4', 'fortran_order': None, 'shape': (3,)}
{'descr': '<f4', 'fortran_order': False}
{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'more': 1}
{'descr': '<f4' 'fortran_order': False, 'shape': (3,)}
{'descr': '<f4', 'fortran_order': False, 'shape': (3,)} 4
{descr: '<f4', 'fortran_order': False, 'shape': (3,)}
{'descr': '<f4', 'fortran_order: False, 'shape': (3,)}
{,'descr': '<f4', 'fortran_order': False, 'shape': (3,)}
('<f4', False, (3,))
dict(descr='<f4', fortran_order=False, shape=(3,))
"""


def read(header):
    bytes_ = header.encode("latin1")
    stream = io.BytesIO(struct.pack("<H", len(bytes_)) + bytes_)
    try:
        shape, order, kind = numpy.lib.format.read_array_header_1_0(stream)
    except (ValueError, SyntaxError, tokenize.TokenError):
        return None
    return {"shape": list(shape), "order": order, "type": kind.str}


def main():
    warnings.simplefilter("ignore")
    found = [{"header": line + end, "read": read(line + end)}
             for line in HEADERS.strip().split("\n") for end in ("", "   \n")]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "npy_headers.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(one) for one in found) + "\n]\n")
    print(f"{len(found)} headers, {sum(one['read'] is not None for one in found)} are read")


if __name__ == "__main__":
    main()

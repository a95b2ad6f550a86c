"""The cart: what a cookie may say, and that no cookie can say what anything costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.shop.cart import MAX_QUANTITY, Cart
from examples.shop.catalogue import BY_ID, PRODUCTS, rupees

quantities = st.dictionaries(st.sampled_from(list(BY_ID)), st.integers(1, MAX_QUANTITY))


@given(quantities)
def test_a_cart_comes_back_from_its_cookie(chosen: dict[str, int]) -> None:
    cart = Cart(quantities=chosen)
    assert Cart.from_cookie(cart.to_cookie()) == cart
    assert cart.amount_minor == sum(BY_ID[name].price_minor * count for name, count in chosen.items())


@pytest.mark.parametrize(
    "cookie",
    [
        None,
        "",
        "x",
        "0123456789abcdef.mug-0",
        "0123456789abcdef.mug-10",
        "0123456789abcdef.mug--1",
        "0123456789abcdef.mug-1.",
        "0123456789abcdef.mug-1@1",
        "0123456789ABCDEF.mug-1",
        "../../etc/passwd.mug-1",
        "0123456789abcdef" + ".mug-1" * 10_000 + "!",
    ],
)
def test_a_cookie_that_is_not_ours_is_an_empty_cart(cookie: str | None) -> None:
    assert Cart.from_cookie(cookie).lines == ()


def test_a_product_that_is_not_sold_any_more_leaves_the_cart() -> None:
    assert [line.product.id for line in Cart.from_cookie("0123456789abcdef.mug-1.yacht-1").lines] == ["mug"]


def test_quantities_are_set_and_bounded() -> None:
    mug = BY_ID["mug"]
    cart = Cart().with_quantity(mug, 2)
    assert cart.amount_minor == 2 * mug.price_minor
    assert cart.with_quantity(mug, MAX_QUANTITY + 1).quantities == {"mug": MAX_QUANTITY}
    assert cart.with_quantity(mug, 0).lines == ()


def test_the_same_cart_asks_for_the_same_order_and_another_one_for_another() -> None:
    cart = Cart().with_quantity(BY_ID["mug"], 1)
    assert cart.order_key == Cart.from_cookie(cart.to_cookie()).order_key
    assert cart.order_key != cart.with_quantity(BY_ID["lamp"], 1).order_key
    assert cart.order_key != Cart().with_quantity(BY_ID["mug"], 1).order_key


def test_the_shelf_is_priced_in_whole_paise() -> None:
    assert len(PRODUCTS) == 3
    assert [rupees(product.price_minor) for product in PRODUCTS] == ["₹499.00", "₹349.00", "₹1,299.00"]
